/**
 * Whether somebody may do something now. Pure, and the only place that decides it: the doors of the center, the screen that
 * shows the matrix, and the one that explains a refusal ask the same function.
 *
 * Invariants:
 *  1. Deny by default: without a role that the action names there is no way in.
 *  2. Every rule that stands in the way speaks, not the first alone.
 *  3. What is for dispatching is never withheld for the organisation's state.
 *  4. Where a second factor is asked for and not given, only one's own security is open.
 */
import { type ActionType, STEP_UP_MS } from './action.ts';
import { type Decision, decide, type Rule } from './decision.ts';
import { type OrganisationState, STATE_ALLOWS, STATE_WORDS } from './organisation.ts';
import { ROLE_TITLES, type Role } from './permission.ts';
import { type Restrictions, rolesLeft, withheldFrom } from './restriction.ts';

/**
 * Whether the session was opened with a second factor:
 *  given       it was
 *  not needed  no role of the person asks for one
 *  missing     a role asks for one, and this session has not given it
 */
export type SecondFactor = 'given' | 'not needed' | 'missing';

/** Who asks. */
export interface Asker {
  readonly user: string;
  readonly roles: readonly Role[];
  /** The site and agency they work for; null for all. */
  readonly site: string | null;
  readonly agency: string | null;
  /** When they last proved who they are, ms UTC. */
  readonly provenAt: number;
  readonly secondFactor: SecondFactor;
}

/** How the organisation stands. */
export interface Circumstances {
  readonly state: OrganisationState;
  /** Modules that are off, with the sentence that says why. */
  readonly off: ReadonlyMap<string, string>;
  /** What the organisation has taken away from its roles. */
  readonly restrictions: Restrictions;
}

/**
 * The record it is about, as far as its reach looks at it. `site: null`: it belongs to the whole organisation. `owner: null`: it
 * is nobody's yet.
 */
export interface Concerned {
  readonly site?: string | null;
  readonly agency?: string | null;
  readonly owner?: string | null;
}

/** `about` left out: whether they may do it to anything at all, before the record is known. `now` ms UTC. */
export function authorise(
  action: ActionType,
  asker: Asker,
  circumstances: Circumstances,
  now: number,
  about?: Concerned,
): Decision {
  const rules: Rule[] = [];
  const block = (rule: string, reason: string, ...evidence: string[]): void => {
    rules.push({ rule, verdict: 'BLOCK', reason, evidence });
  };
  const through = rolesLeft(asker.roles, action, circumstances.restrictions);
  if (through.length === 0) {
    const withheld = withheldFrom(asker.roles, action, circumstances.restrictions);
    if (withheld === null) block('role@1', `Your role does not allow this. ${mayWords(action.may)}`, ...asker.roles);
    else block('restriction@1', withheld, ...asker.roles);
  }
  rules.push(...againstAnybody(action, circumstances));
  const ownSecurity = action.reach === 'own' && action.purpose === 'account';
  if (asker.secondFactor === 'missing' && !ownSecurity) {
    block('mfa@1', 'Your role asks for a second factor: set one up, or confirm with yours, and go on from there.');
  }
  const beyond = beyondReach(action, asker, about);
  if (beyond !== null) block('reach@1', beyond, action.reach);
  const anothers = endsAtOwn(action, through) ? notOwn(asker, about) : null;
  if (anothers !== null) block('own@1', anothers, action.name);
  const stale = action.stepUp && now - asker.provenAt > STEP_UP_MS;
  if (stale) {
    rules.push({
      rule: 'step-up@1',
      verdict: 'REQUIRE_CONFIRMATION',
      reason: 'This is sensitive: confirm who you are, then do it again.',
      evidence: [String(asker.provenAt)],
    });
  }
  return decide(rules, stale && rules.length === 1 ? ['step up'] : []);
}

/**
 * Whether a workstation may have something by itself, with nobody's right: what it may hold is declared, and how the
 * organisation stands is asked of it as of anybody.
 */
export function authoriseStation(action: ActionType, circumstances: Circumstances): Decision {
  return decide(againstAnybody(action, circumstances), []);
}

function againstAnybody({ purpose, module }: ActionType, { state, off }: Circumstances): Rule[] {
  const rules: Rule[] = [];
  if (!STATE_ALLOWS[state].includes(purpose)) {
    rules.push({ rule: 'organisation@1', verdict: 'BLOCK', reason: STATE_WORDS[state], evidence: [state] });
  }
  const why = off.get(module);
  if (why !== undefined) rules.push({ rule: 'module@1', verdict: 'BLOCK', reason: why, evidence: [module] });
  return rules;
}

/**
 * Whether who may do it through these roles may do it to what is their own alone: one role that goes further is enough to go
 * further.
 */
export function endsAtOwn(action: ActionType, through: readonly Role[]): boolean {
  return through.length > 0 && through.every((role) => action.own.includes(role));
}

function notOwn(asker: Asker, about: Concerned | undefined): string | null {
  if (about?.owner === undefined || about.owner === asker.user) return null;
  return about.owner === null
    ? 'Nobody has claimed this yet; whoever ran the call claims it first.'
    : 'This is another person’s; ask whoever leads the crew to give it to you.';
}

function beyondReach(action: ActionType, asker: Asker, about: Concerned | undefined): string | null {
  switch (action.reach) {
    case 'organisation':
      return asker.site === null && asker.agency === null
        ? null
        : 'This is about the whole organisation; ask someone who works for all its sites and agencies.';
    case 'own':
      return about?.owner === undefined || about.owner === asker.user ? null : 'This is another person’s.';
    case 'agency':
      if (asker.agency !== null && about?.agency !== undefined && about.agency !== asker.agency) {
        return 'This is another agency’s.';
      }
      return otherSite(asker, about);
    case 'site':
      return otherSite(asker, about);
  }
}

function otherSite(asker: Asker, about: Concerned | undefined): string | null {
  if (asker.site === null || about?.site === undefined || about.site === asker.site) return null;
  return about.site === null
    ? 'This belongs to the whole organisation; ask someone who works for all its sites.'
    : 'This is another site’s; ask someone of that site, or of all sites.';
}

function mayWords(may: readonly Role[]): string {
  if (may.length === 0) return 'Only the center itself does it.';
  const titles = may.map((role) => ROLE_TITLES[role]);
  const last = titles.pop();
  return `It needs ${titles.length === 0 ? last : `${titles.join(', ')} or ${last}`}.`;
}
