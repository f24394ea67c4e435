/** Names of the times of a run, in the order in which they happen. */
import { isOfTheCall, TIME_ELEMENTS, type TimeElement } from '#domain/cad/status.ts';

export const TIME_NAMES: { readonly [E in TimeElement]: string } = {
  psapCall: 'call answered',
  dispatchNotified: 'handed to dispatch',
  unitNotified: 'dispatched',
  acknowledged: 'acknowledged',
  enRoute: 'en route',
  staged: 'staged',
  onScene: 'on scene',
  atPatient: 'at patient',
  transferOfCare: 'care transferred',
  leftScene: 'left scene',
  atDestination: 'at destination',
  destinationTransfer: 'handed over',
  backInService: 'in service',
  canceled: 'canceled',
  homeLocation: 'home',
};

/** Times that belong to a unit's run and can be recorded for it. */
export const RUN_ELEMENTS: readonly TimeElement[] = (Object.keys(TIME_NAMES) as TimeElement[]).filter(
  (element) => element in TIME_ELEMENTS && !isOfTheCall(element),
);
