/** The calls of the bridge that make facts, and their inputs as the door lets them through. */
import type { z } from 'zod';
import type { CALLS } from '../../bridge/calls.ts';

const ACTION_NAMES = [
  'incident.open',
  'incident.edit',
  'incident.note',
  'incident.hold',
  'incident.close',
  'incident.reopen',
  'incident.link',
  'incident.merge',
  'unit.dispatch',
  'unit.status',
  'unit.patients',
  'unit.next',
  'unit.cancel',
  'unit.move',
  'unit.swap',
  'unit.emergency',
  'time.record',
  'time.amend',
  'conflict.settle',
  'contested.settle',
] as const;
export type ActionName = (typeof ACTION_NAMES)[number];

export type ActionInput<N extends ActionName> = z.output<(typeof CALLS)[N]['input']>;

export type ActionCall = {
  readonly [N in ActionName]: { readonly name: N; readonly input: ActionInput<N> };
}[ActionName];

export function isAction(name: string): name is ActionName {
  return (ACTION_NAMES as readonly string[]).includes(name);
}
