/** What a word that is no command here may be meant for: a beginning, a slip of one letter, or what other consoles call it. Pure. */
import type { StandardStatus, StatusCode } from '../status.ts';
import { VERBS, verbOf } from './verbs.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface Meant {
  readonly insert: string;
  readonly label: string;
}

/** Words of other consoles, and what they are here: a verb, or a status by its standard meaning. */
const ELSEWHERE: { readonly [word: string]: string | StandardStatus } = {
  NC: 'NEW',
  EV: 'NEW',
  CFS: 'NEW',
  INC: 'NEW',
  CALL: 'NEW',
  ENTRY: 'NEW',
  ASSIGN: 'D',
  DS: 'D',
  CLR: 'C',
  FREE: 'C',
  DISPO: 'C',
  CX: 'X',
  CNCL: 'X',
  DIVERT: 'MV',
  PREEMPT: 'MV',
  REASSIGN: 'MV',
  EXCHANGE: 'SW',
  MAYDAY: 'EM',
  REM: 'N',
  REMARK: 'N',
  COMMENT: 'N',
  CMT: 'N',
  ADD: 'N',
  ADDR: 'LOC',
  TYPE: 'NAT',
  PHONE: 'CB',
  RP: 'CN',
  XREF: 'L',
  RN: 'NR',
  CASE: 'NR',
  CASENO: 'NR',
  RUNNO: 'NR',
  DUP: 'M',
  QUERY: 'FIND',
  INQ: 'FIND',
  HIST: 'FIND',
  HISTORY: 'FIND',
  ENR: 'enRoute',
  ENRT: 'enRoute',
  RESP: 'enRoute',
  RESPONDING: 'enRoute',
  AR: 'onScene',
  ARR: 'onScene',
  ARRIVE: 'onScene',
  ARRIVED: 'onScene',
  ATSCENE: 'onScene',
  ONS: 'onScene',
  STG: 'staged',
  CONTACT: 'atPatient',
  TA: 'transporting',
  LS: 'transporting',
  AVL: 'available',
  AIQ: 'available',
  CLEARED: 'available',
  ATD: 'atDestination',
  ARH: 'atDestination',
  HOSP: 'atDestination',
};

const FEWEST_LETTERS = 2;
const LONG_ENOUGH_FOR_A_SLIP = 4;
const MOST = 3;

/** Whether one letter more, less or other, or two beside each other the wrong way round, make one of the other. */
function isSlip(typed: string, meant: string): boolean {
  if (Math.abs(typed.length - meant.length) > 1) return false;
  let same = 0;
  while (same < typed.length && typed[same] === meant[same]) same++;
  const [a, b] = [typed.slice(same), meant.slice(same)];
  const swapped = a.length > 1 && b.startsWith(`${a[1]}${a[0]}`) && a.slice(2) === b.slice(2);
  return swapped || a.slice(1) === b.slice(1) || a.slice(1) === b || a === b.slice(1);
}

/** The statuses of all units of the site, each code once. */
function statusesOf(vocabulary: Vocabulary): readonly StatusCode[] {
  const found = new Map<string, StatusCode>();
  for (const unit of vocabulary.units())
    for (const status of unit.statuses) if (!found.has(status.code)) found.set(status.code, status);
  return [...found.values()];
}

/** The commands and statuses that a word is most likely meant for; none where nothing is like it. */
export function meantBy(word: string, vocabulary: Vocabulary): readonly Meant[] {
  const typed = word.toUpperCase();
  if (typed.length < FEWEST_LETTERS) return [];
  const statuses = statusesOf(vocabulary);
  const known = ELSEWHERE[typed];
  const named = [
    ...VERBS.map(({ verb, title, also }) => ({ insert: verb, label: title, standard: null, words: also })),
    ...statuses.map(({ code, label, standard }) => ({ insert: code, label, standard, words: [label] })),
  ].map((one) => ({ ...one, words: one.words.map((said) => said.toUpperCase().replace(/[^A-Z0-9]/g, '')) }));
  const ranks: readonly ((one: (typeof named)[number]) => boolean)[] = [
    ({ insert, standard }) => known !== undefined && (standard === known || insert === verbOf(known)?.verb),
    ({ words }) => words.some((said) => said.startsWith(typed)),
    ({ words }) => typed.length >= LONG_ENOUGH_FOR_A_SLIP && words.some((said) => isSlip(typed, said)),
  ];
  for (const fits of ranks) {
    const found = named.filter(fits);
    if (found.length > 0)
      return found.slice(0, MOST).map(({ insert, label }) => ({ insert, label: `${insert}, ${label.toLowerCase()}` }));
  }
  return [];
}
