/** Unit statuses: what each agency calls them is data; what they mean is standard and travels in the fact. */
import { z } from 'zod';

/** NEMSIS 3.5.1 eTimes elements that a unit's run records, plus `.17` (staged). */
export const TIME_ELEMENTS = {
  psapCall: 'eTimes.01',
  dispatchNotified: 'eTimes.02',
  unitNotified: 'eTimes.03',
  acknowledged: 'eTimes.04',
  enRoute: 'eTimes.05',
  onScene: 'eTimes.06',
  atPatient: 'eTimes.07',
  transferOfCare: 'eTimes.08',
  leftScene: 'eTimes.09',
  atDestination: 'eTimes.11',
  destinationTransfer: 'eTimes.12',
  backInService: 'eTimes.13',
  canceled: 'eTimes.14',
  homeLocation: 'eTimes.15',
  staged: 'eTimes.17',
} as const;
export type TimeElement = keyof typeof TIME_ELEMENTS;
export const TimeElementSchema = z.enum(Object.keys(TIME_ELEMENTS) as [TimeElement, ...TimeElement[]]);

const STANDARD_STATUSES = [
  'available',
  'dispatched',
  'acknowledged',
  'enRoute',
  'staged',
  'onScene',
  'atPatient',
  'transporting',
  'atDestination',
  'transferOfCare',
  'posting',
  'outOfService',
  'offDuty',
  'canceled',
] as const;
export const StandardStatusSchema = z.enum(STANDARD_STATUSES);
export type StandardStatus = z.infer<typeof StandardStatusSchema>;

/** Which time a standard status records for the assignment it is pressed on. */
export const TIME_OF: { readonly [S in StandardStatus]: TimeElement | null } = {
  available: 'backInService',
  dispatched: 'unitNotified',
  acknowledged: 'acknowledged',
  enRoute: 'enRoute',
  staged: 'staged',
  onScene: 'onScene',
  atPatient: 'atPatient',
  transporting: 'leftScene',
  atDestination: 'atDestination',
  transferOfCare: 'destinationTransfer',
  posting: null,
  outOfService: 'backInService',
  offDuty: 'backInService',
  canceled: 'canceled',
};

/** Statuses of a unit that is on an incident; the others end its assignment there. */
export const ON_INCIDENT: readonly StandardStatus[] = [
  'dispatched',
  'acknowledged',
  'enRoute',
  'staged',
  'onScene',
  'atPatient',
  'transporting',
  'atDestination',
  'transferOfCare',
];

const AT_SCENE: readonly string[] = ['enRoute', 'staged', 'onScene', 'atPatient'] satisfies readonly StandardStatus[];

/** Whether a status, or the element of a time, is of a unit on its way to the scene or there: after it brought a patient it takes another. */
export function isAtScene(name: StandardStatus | TimeElement): boolean {
  return AT_SCENE.includes(name);
}

/** The times of the call itself; all others are of a unit's run. */
export const TIMES_OF_THE_CALL = ['psapCall', 'dispatchNotified'] as const satisfies readonly TimeElement[];
export const isOfTheCall = (element: TimeElement): boolean =>
  (TIMES_OF_THE_CALL as readonly TimeElement[]).includes(element);

/** The times that a unit has again on each journey with a patient. */
export const TIMES_OF_A_JOURNEY = [
  'leftScene',
  'atDestination',
  'destinationTransfer',
] as const satisfies readonly TimeElement[];

/** One agency's status: a record, so that an administrator changes it without a new build. */
export const StatusCodeSchema = z.strictObject({
  code: z.string().min(1).max(4),
  label: z.string().min(1).max(40),
  standard: StandardStatusSchema,
  /** The logical next code (F9), or null at the end of the chain. */
  next: z.string().max(4).nullable(),
  nightColour: z.string().regex(/^#[0-9a-f]{6}$/i),
  dayColour: z.string().regex(/^#[0-9a-f]{6}$/i),
  /** What the status asks for where it is pressed. */
  asks: z.enum(['nothing', 'hospital', 'reason', 'post']),
  /** Minutes until the time in this status turns amber, and red; null for never. */
  amberAfter: z.number().nullable(),
  redAfter: z.number().nullable(),
  order: z.int(),
});
export type StatusCode = z.infer<typeof StatusCodeSchema>;

const row = (
  order: number,
  code: string,
  label: string,
  standard: StandardStatus,
  next: string | null,
  nightColour: string,
  dayColour: string,
  asks: StatusCode['asks'] = 'nothing',
  amberAfter: number | null = null,
  redAfter: number | null = null,
): StatusCode => ({ order, code, label, standard, next, nightColour, dayColour, asks, amberAfter, redAfter });

/** The default chain (SCREENS, Status codes). Canceled is an action, not a status one presses. */
export const DEFAULT_STATUSES: readonly StatusCode[] = [
  row(1, 'AV', 'available', 'available', null, '#46c06a', '#2f9e54'),
  row(2, 'DP', 'dispatched', 'dispatched', 'ER', '#62a8ff', '#3d86e0', 'nothing', 1, 2),
  row(3, 'AK', 'acknowledged', 'acknowledged', 'ER', '#62a8ff', '#3d86e0', 'nothing', 1, 2),
  row(4, 'ER', 'en route', 'enRoute', 'OS', '#f0c24b', '#d9a520', 'nothing', 12, 20),
  row(5, 'SG', 'staged', 'staged', 'OS', '#f29a4a', '#d97f2b', 'nothing', 10, 20),
  row(6, 'OS', 'on scene', 'onScene', 'AP', '#ff6b61', '#e0554b', 'nothing', 30, 60),
  row(7, 'AP', 'at patient', 'atPatient', 'TR', '#ff8fb1', '#de6f93', 'nothing', 30, 60),
  row(8, 'TR', 'transporting', 'transporting', 'AH', '#c29bff', '#9f74e6', 'hospital', 30, 60),
  row(9, 'AH', 'at destination', 'atDestination', 'TC', '#43cfd8', '#22a9b2', 'nothing', 20, 40),
  row(10, 'TC', 'transfer of care done', 'transferOfCare', 'AV', '#43cfd8', '#22a9b2', 'nothing', 20, 40),
  row(11, 'PO', 'posting', 'posting', 'AV', '#9ad27b', '#6ba64c', 'post'),
  row(12, 'OOS', 'out of service', 'outOfService', 'AV', '#7d8994', '#7d8994', 'reason', 30, 60),
  row(13, 'OFF', 'off duty', 'offDuty', 'AV', '#5d6c79', '#5d6c79'),
];
