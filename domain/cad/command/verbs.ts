/** The verbs of the command line, as data: the parser, Tab, `?` and the F1 card read the same list. */

/** The longest line that is read. Characters. */
export const LONGEST_LINE = 400;

/** What a word of a line can be. */
export type WordKind =
  | 'unit'
  | 'incident'
  | 'hospital'
  | 'patients'
  | 'agency'
  | 'number'
  | 'reason'
  | 'post'
  | 'disposition'
  | 'nature'
  | 'priority'
  | 'alarm'
  | 'text'
  | 'time'
  | 'status';

export interface Verb {
  readonly verb: string;
  /** Longer words that mean the same. */
  readonly also: readonly string[];
  readonly title: string;
  readonly usage: string;
  readonly example: string;
  /** What its words can be, in the order they are usually typed: what Tab offers. */
  readonly takes: readonly WordKind[];
}

const verb = (name: string, also: string, title: string, usage: string, example: string, takes: string): Verb => ({
  verb: name,
  also: also.split(' ').filter(Boolean),
  title,
  usage,
  example,
  takes: takes.split(' ') as WordKind[],
});

/** A dot stands for the selected incident; the incident and the unit may be left out where one is selected. */
export const VERBS: readonly Verb[] = [
  verb(
    'NEW',
    'EVENT NEWCALL',
    'Open a call, without its form',
    'NEW place/nature[/priority][/time][/note]',
    'NEW 1502 Main St/CHEST',
    'text nature',
  ),
  verb('D', 'DISPATCH SEND', 'Send units', 'D units [incident]', 'D M36,E06 10418', 'unit incident'),
  verb(
    'X',
    'CANCEL',
    'Cancel a unit from its incident',
    'X units [incident] [reason]',
    'X M36',
    'unit incident reason',
  ),
  verb('MV', 'MOVE', 'Move a unit to another incident', 'MV units incident', 'MV M36 10418', 'unit incident'),
  verb('SW', 'SWAP', 'Swap what two units are on', 'SW unit unit', 'SW M36 M14', 'unit'),
  verb(
    'EM',
    'EMERGENCY',
    'A unit calls for help, it was seen (F7), it is over',
    'EM units · EM units SEEN · EM units OVER',
    'EM M36',
    'unit',
  ),
  verb(
    'PT',
    'PATIENTS PAX',
    'How many patients a unit took (J1: on its first journey)',
    'PT unit [incident] number [J1]',
    'PT M36 2',
    'unit incident patients',
  ),
  verb('NX', 'NEXT', 'Next logical status (F9)', 'NX units', 'NX M36', 'unit incident'),
  verb(
    'C',
    'CLOSE CLEAR',
    'Close an incident, or clear a unit',
    'C incident disposition · C units',
    'C 10418 TRANSPORTED',
    'incident unit disposition',
  ),
  verb('RO', 'REOPEN', 'Reopen an incident', 'RO incident [reason]', 'RO 10418', 'incident reason'),
  verb('N', 'NOTE', 'Add a note', 'N [incident] text', 'N 10418 gate code 4411', 'incident text'),
  verb('P', 'PRIORITY', 'Change the priority', 'P [incident] 1–4', 'P 10418 1', 'incident priority'),
  verb('LOC', 'LOCATION', 'Change the location', 'LOC incident place', 'LOC 10418 1200 Oak St', 'incident text'),
  verb('NAT', 'NATURE', 'Change the nature', 'NAT [incident] nature', 'NAT 10418 FALL', 'incident nature'),
  verb('LV', 'LEVEL ALARM', 'Change the alarm level', 'LV [incident] level', 'LV 10418 2', 'incident alarm'),
  verb('CB', 'CALLBACK', 'The number to call back', 'CB [incident] number', 'CB 10418 4155550142', 'incident text'),
  verb('CN', 'CALLER', 'Who called', 'CN [incident] name', 'CN 10418 Kim Lee, neighbor', 'incident text'),
  verb('PI', 'PTINFO', 'What is known of the patient', 'PI [incident] text', 'PI 10418 60 y, male', 'incident text'),
  verb(
    'H',
    'HOLD',
    'Hold an incident, change why or how long, or take it off hold',
    'H [incident] [reason] [minutes] · H [incident] OFF',
    'H 10418 waiting for police',
    'incident reason',
  ),
  verb(
    'NR',
    'NUMBER RUNNUMBER CASENUMBER',
    'An agency’s own number of a call (- takes it back)',
    'NR [incident] agency number · NR unit [incident] number',
    'NR 10418 HCFD 26-4411',
    'unit incident agency number',
  ),
  verb('L', 'LINK', 'Link two incidents', 'L incident [incident]', 'L 10418 10416', 'incident'),
  verb('UL', 'UNLINK', 'Take a link back', 'UL incident [incident]', 'UL 10418 10416', 'incident'),
  verb('M', 'MERGE', 'Merge a duplicate into another', 'M duplicate incident', 'M 10418 10416', 'incident'),
  verb('UM', 'UNMERGE', 'Take a merge back', 'UM incident', 'UM 10418', 'incident'),
  verb(
    'SETTLE',
    'KEEP',
    'Settle a conflict: which side stands, by words of it',
    'SETTLE [incident] side · SETTLE unit side',
    'SETTLE 10418 1200 Oak St',
    'unit incident text',
  ),
  verb(
    'CONFIRM',
    '',
    'A contested entry counts (supervisors); which, by words of it',
    'CONFIRM [incident] [entry] · CONFIRM unit [entry]',
    'CONFIRM M36',
    'unit incident text',
  ),
  verb(
    'SETASIDE',
    'ASIDE DISMISS',
    'A contested entry does not count (supervisors); which, by words of it',
    'SETASIDE [incident] [entry] · SETASIDE unit [entry]',
    'SETASIDE 10418 callback',
    'unit incident text',
  ),
  verb(
    'T',
    'TIME',
    'A time; a reason amends it (J2: journey 2)',
    'T unit [incident] [J2] status time [reason] · T [incident] CALL time reason',
    'T M36 OS 1402 said by radio',
    'unit incident status time reason',
  ),
  verb(
    'FIND',
    'F SEARCH RECALL LOOKUP',
    'Find incidents, old ones too, by number, place, nature, callback, unit or day',
    'FIND words [day] · ? words',
    'FIND M36 oak 11/25',
    'text',
  ),
  verb('?', 'HELP', 'What a command does', '? [command]', '? D', 'text'),
];

/** How a status is pressed, for the help: the codes themselves are each agency's. */
export const STATUS_USAGE: readonly Pick<Verb, 'usage' | 'title' | 'example'>[] = [
  { usage: 'ER units [incident]', title: 'A status, by its code; also unit first', example: 'M36 ER' },
  {
    usage: 'TR units hospital [patients]',
    title: 'Transport to a hospital, by its short name; how many, where not one',
    example: 'TR M36 MERCY 2',
  },
  { usage: 'OOS units reason [minutes]', title: 'Out of service', example: 'OOS M36 restock 20' },
  { usage: 'PO units post', title: 'Post a unit', example: 'PO M36 Post 7' },
];

/** A verb by its word or by another word for it, in any case. */
export function verbOf(word: string): Verb | undefined {
  const wanted = word.toUpperCase();
  return VERBS.find((one) => one.verb === wanted || one.also.includes(wanted));
}
