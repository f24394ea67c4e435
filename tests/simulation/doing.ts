/** What is done at the consoles of a run, and what came of it. */
import type { Deed } from './people.ts';
import { PowerCut } from './power.ts';
import type { Room } from './room.ts';
import type { StationNode } from './station-node.ts';

export interface Done {
  readonly actions: number;
  readonly refused: number;
  /** Of those: because a workstation of an older build does not read it. */
  readonly heldBack: number;
}

export interface Doing {
  /** Somebody at a station does this now; nobody does at one that is down. */
  readonly act: (station: StationNode, deed: Deed) => void;
  /** So far. */
  readonly done: () => Done;
}

export function createDoing({ oracle, note }: Pick<Room, 'oracle' | 'note'>): Doing {
  const done = { actions: 0, refused: 0, heldBack: 0 };
  return {
    act: (station, deed) => {
      if (!station.alive()) return;
      try {
        const answer = station.call(deed.name, deed.input as never);
        done.actions++;
        if (answer.ok) oracle.acknowledged((answer.value as { facts?: readonly string[] } | undefined)?.facts ?? []);
        else {
          done.refused++;
          if (answer.refusal.code === 'fact.held_back') done.heldBack++;
        }
        note(
          `${station.name} ${deed.name} ${JSON.stringify(deed.input)} ${answer.ok ? (answer.value as { said?: string } | undefined)?.said : answer.refusal.message}`,
        );
      } catch (error) {
        if (!(error instanceof PowerCut)) throw error;
        note(`${station.name} died in ${deed.name}`);
      }
    },
    done: () => ({ ...done }),
  };
}
