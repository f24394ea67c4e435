/** What a console of a test says of an action, and the rows that it shows. */
import type { AssignmentRow, IncidentRow, UnitRow } from '../../bridge/topics.ts';
import { entityRef } from '../../kernel/ids.ts';
import type { ActionName } from '../actions/inputs.ts';
import { assignmentRow } from '../views/assignment-row.ts';
import { incidentRow } from '../views/incident-row.ts';
import { unitRowOf } from '../views/unit-row.ts';
import type { Console } from './memory-world.ts';
import { act } from './random-actions.ts';

export interface Shown {
  /** Does it. What the console says of it, or the code and field of the refusal. */
  readonly did: (name: ActionName, input: object) => string;
  /** Does it. Types of the facts it made, or the code of the refusal. */
  readonly decided: (name: ActionName, input: object) => readonly string[];
  /** With its units. Throws where there is none. */
  readonly incident: (id: string) => IncidentRow;
  readonly unit: (id: string) => UnitRow | null;
  /** Every run on an incident, also those that have ended. */
  readonly runs: (incident: string) => readonly (AssignmentRow | null)[];
}

/** `console`: asked anew each time, as tests make theirs anew. */
export function shownAt(console: () => Console): Shown {
  return {
    did: (name, input) => {
      const decided = act(name, input, console());
      return decided.ok ? decided.value.said : [decided.refusal.code, decided.refusal.field].filter(Boolean).join(' ');
    },
    decided: (name, input) => {
      const outcome = act(name, input, console());
      return outcome.ok ? outcome.value.drafts.map((draft) => draft.type) : [outcome.refusal.code];
    },
    incident: (id) => {
      const { world } = console();
      const folded = world.entity(entityRef('incident', id));
      if (!folded) throw new Error('no incident');
      return incidentRow(folded, world.assignmentsOf(folded.ref).map(world.entity), world);
    },
    unit: (id) => unitRowOf(entityRef('unit', id), console().world),
    runs: (incident) => {
      const { world } = console();
      return world.assignmentsOf(entityRef('incident', incident)).map((ref) => {
        const folded = world.entity(ref);
        return folded ? assignmentRow(folded, world) : null;
      });
    },
  };
}
