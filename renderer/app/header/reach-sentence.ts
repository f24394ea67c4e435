/** What the header says of reach: one sentence, calm while all is well. Pure. */
import type { ReachRow } from '#domain/bridge/topics.ts';
import { elapsed, shortTime } from '../clock/format.ts';

export interface ReachSentence {
  readonly tone: 'calm' | 'amber' | 'bad';
  readonly lead: string;
  readonly rest: string;
  /** For who looks closer. */
  readonly more?: string;
}

const count = (n: number, one: string): string => `${n} ${n === 1 ? one : `${one}s`}`;

function waiting(reach: ReachRow): string {
  const parts = [
    reach.factsWaiting > 0 ? count(reach.factsWaiting, 'fact') : '',
    reach.requestsWaiting > 0 ? count(reach.requestsWaiting, 'request') : '',
  ].filter(Boolean);
  return parts.length > 0 ? `${parts.join(', ')} waiting` : '';
}

function consoles(reach: ReachRow): string {
  if (reach.peers.length === 0) return '';
  const reached = reach.peers.filter((peer) => peer.reached).length;
  return `${reached} of ${count(reach.peers.length, 'peer')} reached`;
}

/** Who is reached and who is not, by name: the center first, then the consoles of the room. */
export function reachNamed({ center, peers }: Pick<ReachRow, 'center' | 'peers'>): {
  readonly reached: readonly string[];
  readonly missing: readonly string[];
} {
  const all = [
    { name: 'the center', reached: center === 'reached' },
    ...peers.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true })),
  ];
  const names = (reached: boolean): string[] => all.filter((one) => one.reached === reached).map(({ name }) => name);
  return { reached: names(true), missing: names(false) };
}

function namedSaid(reach: ReachRow): string {
  const { reached, missing } = reachNamed(reach);
  const parts = [
    reached.length > 0 ? `reaches ${reached.join(', ')}` : '',
    missing.length > 0 ? `does not reach ${missing.join(', ')}` : '',
  ];
  return parts.filter(Boolean).join(' · ');
}

/** `now` and the time zone for ages and times. Without a connection to the station itself nothing else matters. */
export function reachSentence(reach: ReachRow | null, connected: boolean, now: number, zone: string): ReachSentence {
  if (!connected)
    return { tone: 'bad', lead: 'Station not answering', rest: 'what is shown may be old; what you type stays' };
  if (!reach) return { tone: 'calm', lead: '', rest: '' };
  const said = centerSentence(reach, now, zone);
  const trouble = TROUBLE[reach.store.state];
  if (trouble === undefined) return said;
  const [lead, todo, more] = trouble;
  return {
    tone: 'bad',
    lead,
    // No more than an outage takes: the header is as wide as it is.
    rest: [todo, said.lead, waiting(reach)].filter(Boolean).join(' · '),
    more: `${more} ${said.lead}: ${said.rest}`,
  };
}

const NOT_TAKEN = 'What is entered here is refused, and what others enter is not shown: work at another console.';

/** What is wrong with the store, what follows for whoever sits here, and for who looks closer. It comes before all of the center. */
const TROUBLE: { readonly [state in ReachRow['store']['state']]?: readonly [string, string, string] } = {
  // A start is what would lose it.
  astray: [
    'Store not in its folder',
    'do not stop this workstation',
    'What is entered here goes to the center and to peers as ever, and a start would not find it on this disk: put its folder back.',
  ],
  'disk full': ['Disk full', 'nothing is recorded here', `${NOT_TAKEN} It goes on once there is room on this disk.`],
  unwritable: [
    'Disk cannot be written',
    'nothing is recorded here',
    `${NOT_TAKEN} It goes on once this disk can be written again.`,
  ],
};

function centerSentence(reach: ReachRow, now: number, zone: string): ReachSentence {
  if (reach.center === 'reached') {
    if (reach.requestsRefused > 0)
      return { tone: 'amber', lead: `${count(reach.requestsRefused, 'request')} refused`, rest: 'see Requests' };
    if (reach.behind > 0)
      return {
        tone: 'calm',
        lead: 'Center back',
        rest: `catching up, ${count(reach.behind, 'entry').replace('entrys', 'entries')} to go`,
      };
    const some = reach.peers.some((peer) => peer.reached);
    const rest = [waiting(reach), some ? consoles(reach) : ''].filter(Boolean).join(' · ');
    return { tone: 'calm', lead: 'Center reached', rest };
  }
  if (reach.center === 'refused') {
    const why = reach.refusal ?? '';
    return {
      tone: 'amber',
      lead: `Center refuses this workstation ${elapsed(now - reach.since)}`,
      rest: ['working locally', waiting(reach), consoles(reach), why].filter(Boolean).join(' · '),
      more: `${why} (since ${shortTime(reach.since, zone)})`,
    };
  }
  const lead = reach.center === 'never' ? 'Center not reached yet' : `Center unreachable ${elapsed(now - reach.since)}`;
  // Not every outage ends by itself: a certificate that ran out is for somebody to renew.
  const why = reach.refusal ?? '';
  const rest = ['working locally', waiting(reach), consoles(reach), why].filter(Boolean).join(' · ');
  const since = reach.center === 'never' ? '' : `since ${shortTime(reach.since, zone)}`;
  return { tone: 'amber', lead, rest, more: [since, namedSaid(reach)].filter(Boolean).join(' · ') };
}

/** `±0.02 s` while this computer's clock agrees with the center's, the whole drift where it does not. Times are corrected. */
export function driftSaid(reach: ReachRow): string {
  const offset = reach.clockOffset / 1_000;
  const drift = (digits: number): string => `${Math.abs(offset).toFixed(digits)} s ${offset < 0 ? 'fast' : 'slow'}`;
  const uncertainty = Math.max(0.01, reach.clockUncertainty / 1_000);
  if (Math.abs(reach.clockOffset) > 120_000) return `this computer’s clock is ${drift(0)} — times are corrected`;
  const figure = uncertainty < 1 ? uncertainty.toFixed(2) : uncertainty.toFixed(0);
  return Math.abs(offset) < Math.max(0.05, uncertainty) ? `clock ±${figure} s` : `clock ${drift(2)}, corrected`;
}
