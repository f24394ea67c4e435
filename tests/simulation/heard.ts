/** What a workstation's sync hears of others, as a witness hears it too; a process that is dead hears nothing. */
import type { SyncOptions } from '../../server-bridge/sync/engine.ts';
import type { Lan, SimulatedCenterPort } from './ports.ts';
import { guarded, living } from './power.ts';
import type { Witness } from './readers.ts';

interface Ports {
  readonly center: SimulatedCenterPort;
  readonly lan: ReturnType<Lan['port']>;
}

/** `me` is null as long as the process is starting. */
export function heardBy(
  witness: Pick<Witness, 'answered' | 'said'>,
  name: string,
  { center, lan }: Ports,
  me: () => { readonly dead: boolean } | null,
): Pick<SyncOptions, 'center' | 'peers'> {
  const linked = new Set<string>();
  return {
    center: {
      ...guarded(center, me),
      hello: async (input) => {
        const answer = await center.hello(input);
        if (!me()?.dead) witness.answered(name, answer.older ?? [], linked);
        return answer;
      },
    },
    peers: {
      ...lan,
      on: (events) =>
        lan.on({
          onUp: living(me, (station) => {
            linked.add(station);
            events.onUp(station);
          }),
          onDown: living(me, (station) => {
            linked.delete(station);
            events.onDown(station);
          }),
          onMessage: living(me, (station, message) => {
            if (message.t === 'heads') witness.said(name, station, message.reads);
            void events.onMessage(station, message);
          }),
        }),
    },
  };
}
