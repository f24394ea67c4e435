/** What windows watch. A topic is keyed rows by table: a snapshot first, then numbered patches of changed and gone rows. */
import { z } from 'zod';
import type { Destination, Location, NatureValue, Priority } from '../cad/facts.ts';
import type { TimeElement } from '../cad/status.ts';
import type { HeardNotice } from '../identity/api/notices.ts';
import type { Decision } from '../kernel/decision.ts';
import type { Json } from '../kernel/json.ts';
import type { Presence } from '../wire/sync.ts';
import type { Me } from './calls.ts';

export const TopicSchema = z
  .string()
  .max(800)
  .regex(
    /^(me|reach|board|requests|roster|presence|drafts|layouts|notices|(incident|history):[\w.-]{1,190}|find:[\w.!~*'()%-]+)$/,
  );

/** The topic of incidents that are looked for by a text, as `Done.find` gives it. */
export const findTopic = (text: string): string => `find:${encodeURIComponent(text)}`;

/** What a topic looks for; null where it is none of those. */
export function findText(topic: string): string | null {
  if (!topic.startsWith('find:')) return null;
  try {
    return decodeURIComponent(topic.slice(topic.indexOf(':') + 1));
  } catch {
    return null;
  }
}

/** Two or more values that stand blindly beside each other, to be settled by one action. */
export interface ConflictRow {
  readonly entity: string;
  readonly register: string;
  /** What it is about, in words: `location`, `M36 on two incidents`. */
  readonly title: string;
  readonly sides: readonly {
    readonly fact: string;
    readonly said: string;
    /** Of a unit that was sent to several: the incidents that this side has it on. */
    readonly on: readonly string[];
    readonly by: string;
    /** The position, or the workstation that is none. */
    readonly position: string;
    readonly at: number;
  }[];
}
export interface ContestedRow {
  readonly entity: string;
  readonly fact: string;
  readonly said: string;
  readonly reason: string;
  /** The other site whose supervisor alone can settle it; null where it is this site's to settle. */
  readonly waitsFor: string | null;
  readonly by: string;
  readonly position: string;
  readonly at: number;
}

export interface UnitChip {
  readonly unit: string;
  readonly callsign: string;
  readonly assignment: string;
  readonly code: string;
  readonly standard: string;
  readonly since: number;
  /** Nothing that counts says so yet: of another site's unit, its own site has not confirmed it. */
  readonly contested: boolean;
}

export type IncidentState = 'pending' | 'active' | 'held' | 'closed' | 'merged';

/** Most closed incidents that a board shows; the others are found by their number. */
export const MOST_CLOSED = 300;

export interface IncidentRow {
  readonly id: string;
  readonly number: string;
  readonly state: IncidentState;
  readonly priority: Priority | null;
  readonly nature: NatureValue | null;
  readonly location: Location | null;
  readonly callback: string;
  readonly caller: string;
  readonly patient: string;
  readonly alarm: number;
  readonly needs: string;
  readonly answeredAt: number;
  /** When the call's entry was handed to dispatch (eTimes.02), where it was recorded or amended. */
  readonly enteredAt: number | null;
  /** When location and nature both stood; null while it is not dispatchable. */
  readonly readyAt: number | null;
  /** When it was last reopened; null where it never was, and while it is closed. */
  readonly reopenedAt: number | null;
  /**
   * When and by what status the last of its units left it; null while one is on it, and where none ever was. `at` ms UTC.
   * `reached`: any of them came to the scene, of a call that was reopened since then.
   */
  readonly left: { readonly at: number; readonly standard: string; readonly reached: boolean } | null;
  readonly closedAt: number | null;
  readonly disposition: string | null;
  readonly hold: { readonly reason: string; readonly until: number | null } | null;
  /** The name of the other site whose call it is; null for one's own. */
  readonly of: string | null;
  /** Those that are on it now; of a closed or merged one too, where they were sent by somebody who did not know. */
  readonly units: readonly UnitChip[];
  readonly linked: readonly string[];
  /** Also of one that counts as a call all the same, for the other is merged back into it: `state` is not `merged`. */
  readonly mergedInto: string | null;
  readonly references: { readonly [system: string]: string };
  /** Facts about it that the center has not got. */
  readonly unsent: number;
  readonly conflicts: readonly ConflictRow[];
  readonly contested: readonly ContestedRow[];
  readonly partly: boolean;
  /** How many there are. */
  readonly notes: number;
  /** The workstations that each was last set at, and the newest note was written at; null of what nobody has. */
  readonly setAt: {
    readonly [K in 'priority' | 'nature' | 'alarm' | 'location' | 'callback' | 'caller' | 'patient' | 'notes']:
      | string
      | null;
  };
  /** For each register, the facts whose value is shown: goes back as `shown`. */
  readonly shown: { readonly [register: string]: readonly string[] };
}

/** An incident that was looked for. */
export interface FoundRow extends IncidentRow {
  /** Callsigns of every unit that was ever on it, first sent first. */
  readonly ran: readonly string[];
}

/** How far the looking has come. */
export interface LookedRow {
  /** What is looked for, in words. */
  readonly said: string;
  /** Incidents looked at. */
  readonly incidents: number;
  /** When the oldest of those was answered, ms UTC; null where there was none. */
  readonly back: number | null;
  /** `whole`: at all that this workstation holds. `enough`: so many were found that it stopped. */
  readonly state: 'looking' | 'whole' | 'enough';
}

/** Most incidents that are found at once, the newest of them. */
export const MOST_FOUND = 100;

export interface UnitRow {
  readonly id: string;
  readonly callsign: string;
  readonly kind: string;
  readonly agency: string;
  readonly home: string;
  readonly code: string;
  readonly standard: string;
  readonly label: string;
  readonly since: number;
  readonly incidents: readonly {
    readonly id: string;
    readonly number: string;
    readonly assignment: string;
    readonly code: string;
    /** The number of the journey that it is on there; left out where it made no several. */
    readonly journey?: number;
  }[];
  readonly destination: Destination | null;
  /** How many patients it has with it; null where that is none, or nobody said how many. */
  readonly patients: number | null;
  readonly reason: string;
  readonly until: number | null;
  readonly post: string;
  /** The code that F9 gives, or null. */
  readonly next: string | null;
  /** Its call for help while it is not over: heard by nobody yet, or seen. `since` ms UTC. */
  readonly emergency: { readonly emergency: 'declared' | 'seen'; readonly since: number } | null;
  readonly unsent: number;
  readonly conflicts: readonly ConflictRow[];
  readonly contested: readonly ContestedRow[];
  /** Something about it was written by a newer build and cannot be read here. */
  readonly partly: boolean;
  readonly shown: { readonly [register: string]: readonly string[] };
}

export interface AssignmentRow {
  readonly id: string;
  readonly unit: string;
  readonly callsign: string;
  readonly incident: string;
  readonly code: string;
  readonly standard: string;
  readonly active: boolean;
  readonly destination: Destination | null;
  /** How many patients it took in all; null where nobody said so. */
  readonly patients: number | null;
  /** The times of each of its journeys, 1…, ms UTC; left out where it made one. */
  readonly journeys?: readonly { readonly [E in TimeElement]?: number }[];
  /** The time that counts, and whether it was amended. ms UTC. */
  readonly times: {
    readonly [E in TimeElement]?: {
      readonly at: number;
      readonly amended: boolean;
      readonly was?: number;
      readonly reason?: string;
    };
  };
  readonly conflicts: readonly ConflictRow[];
  readonly shown: { readonly [register: string]: readonly string[] };
}

export interface TimelineRow {
  readonly fact: string;
  readonly at: number;
  /** When it was entered, ms UTC, where that was minutes after it happened; else null. */
  readonly entered: number | null;
  readonly hlc: string;
  readonly said: string;
  readonly detail: string;
  readonly by: string;
  readonly position: string;
  /** The center has not got it. */
  readonly unsent: boolean;
  readonly contested: boolean;
  readonly kind: 'note' | 'change' | 'unit' | 'time' | 'other';
}

export interface HandoffRow {
  readonly id: string;
  readonly kind: 'run' | 'chart' | 'trip' | 'report';
  readonly title: string;
  readonly state: string;
  /** Of a chart: whose it is, by name; null while it is nobody's, and for what is not a chart. */
  readonly author: string | null;
  readonly discrepancies: readonly string[];
}

/** A workstation of the site that runs an older build, and what of this one's it does not read, by the titles of facts. */
export interface OlderBuild {
  readonly station: string;
  readonly name: string;
  /** Cannot be entered anywhere until it is updated or revoked. */
  readonly heldBack: readonly string[];
  /** Is entered all the same; there what it is about is "partly shown". */
  readonly partlyShown: readonly string[];
}

/** What the header says of reach, in one sentence's worth of facts. */
export interface ReachRow {
  /** `refused`: it answers, and does not take this workstation: revoked, or of a build that it cannot speak with. */
  readonly center: 'reached' | 'refused' | 'unreachable' | 'never';
  /** When that began, ms UTC. */
  readonly since: number;
  /** What the center says of why it refuses, or why it cannot even be asked, where more is known than that nobody answers. */
  readonly refusal: string | null;
  readonly peers: readonly { readonly station: string; readonly name: string; readonly reached: boolean }[];
  readonly factsWaiting: number;
  readonly requestsWaiting: number;
  readonly requestsRefused: number;
  /** Stream items still to be applied after a reconnection; 0 when converged. */
  readonly behind: number;
  readonly clockOffset: number;
  readonly clockUncertainty: number;
  readonly station: string;
  readonly stationName: string;
  readonly site: string;
  readonly timeZone: string;
  readonly keySlots: readonly string[];
  readonly older: readonly OlderBuild[];
  /**
   * `astray`: its file was deleted, moved or replaced, and cannot be put back yet: a start would not find what is in it. `disk full`,
   * `unwritable`: its disk takes nothing, so that nothing can be entered here, and nothing that others entered is shown.
   */
  readonly store: {
    readonly state: 'open' | 'refilled' | 'astray' | 'disk full' | 'unwritable';
    readonly setAside: string | null;
  };
}

export interface RequestRow {
  readonly id: string;
  readonly kind: string;
  readonly said: string;
  readonly state: 'waiting' | 'accepted' | 'refused';
  readonly madeAt: number;
  readonly attempts: number;
  readonly lastError: string;
  readonly decision: Decision | null;
}

/** Tables by topic. Rows are keyed by `id` (or by the key given here). */
export interface Tables {
  readonly me: { readonly me: Me };
  readonly reach: { readonly reach: ReachRow };
  readonly board: { readonly incidents: IncidentRow; readonly units: UnitRow };
  readonly incident: {
    readonly incident: IncidentRow;
    readonly assignments: AssignmentRow;
    readonly timeline: TimelineRow;
    /** A row while some of what was said about it lies at the center alone; it is being fetched, or will be when that is reached. */
    readonly earlier: { readonly id: string };
    readonly handoff: HandoffRow;
  };
  readonly find: { readonly found: FoundRow; readonly looked: LookedRow };
  readonly requests: { readonly requests: RequestRow };
  readonly roster: { readonly [kind: string]: { readonly id: string; readonly version: number; readonly body: Json } };
  readonly presence: { readonly editing: Presence };
  readonly drafts: { readonly drafts: Json };
  readonly layouts: { readonly layouts: Json };
  /** Of the account of whoever is signed in: what they have not said they know of. */
  readonly notices: { readonly notices: HeardNotice };
}

/** Table → key → row. */
export type TopicState = { readonly [table: string]: { readonly [key: string]: Json } };

export interface Snapshot {
  readonly n: number;
  readonly state: TopicState;
}
export interface Patch {
  /** One more than the snapshot's or patch's before it. */
  readonly n: number;
  readonly set: TopicState;
  readonly gone: { readonly [table: string]: readonly string[] };
}

/** The state after a patch: its rows set, its keys gone. Rows that it does not name are the same objects as before. */
export function applyPatch(state: TopicState, patch: Patch): TopicState {
  const next: Record<string, Record<string, Json>> = { ...state } as Record<string, Record<string, Json>>;
  for (const [table, rows] of Object.entries(patch.set)) next[table] = { ...next[table], ...rows };
  for (const [table, keys] of Object.entries(patch.gone)) {
    const rows = { ...next[table] };
    for (const key of keys) delete rows[key];
    next[table] = rows;
  }
  return next;
}
