/** Whether the author of a fact had the right to it when it was made. Never refuses: the answer marks, it does not stop. */
import type { FactHeader } from '#domain/kernel/fact.ts';
import { FACT_CONTESTED } from '#domain/kernel/fold.ts';
import { HLC_MAX_AHEAD_MS, hlcParse } from '#domain/kernel/hlc.ts';
import { CENTER_STATION, ENTITY_ERASED, PROCESS_FACTS } from '#domain/kernel/kernel.ts';
import { allowed, type Role } from '#domain/kernel/permission.ts';
import { MODULES } from '#domain/modules.ts';
import type { Device, Standing, Withheld } from './port.ts';

const may: ReadonlyMap<string, readonly Role[]> = new Map(
  MODULES.flatMap((module) => module.facts.map((fact) => [`${fact.type}@${fact.v}`, fact.may] as const)),
);
const PROCESS: ReadonlySet<string> = new Set(PROCESS_FACTS);
/** What only the center may say. */
const CENTER_ONLY: ReadonlySet<string> = new Set([FACT_CONTESTED, ENTITY_ERASED]);

/**
 * Why a fact is contested, or null where it counts. A fact's time is its clock reading, not `at`: what happened earlier
 * may be written down later, but only by someone who had the right when writing.
 */
export function contestedFor(
  fact: FactHeader,
  device: Device | undefined,
  standing: Standing | undefined,
): string | null {
  if (fact.station === CENTER_STATION) return null;
  if (CENTER_ONLY.has(fact.type)) return 'Only the center may record this.';
  const made = hlcParse(fact.hlc).ms;
  if (device?.revoked && made >= (device.revokedAt ?? 0)) return 'The workstation was revoked.';
  if (PROCESS.has(fact.type)) return null;
  const roles = may.get(`${fact.type}@${fact.v}`);
  if (fact.session === null || fact.by === null) return 'Nobody was signed in.';
  if (!standing || standing.user !== fact.by) return 'The sign-in is not known to the center.';
  if ((standing.station ?? fact.station) !== fact.station) return 'The sign-in was at another workstation.';
  if (made < standing.validFrom - HLC_MAX_AHEAD_MS) return 'It was written before the sign-in.';
  if (standing.validUntil !== null && made >= standing.validUntil) return 'The right to sign in had ended.';
  // A type that this center does not read: whose role allows it nobody here can say.
  if (roles === undefined) return null;
  if (!allowed(standing.roles, roles)) return 'The role does not allow it.';
  const type = `${fact.type}@${fact.v}`;
  const left = standing.roles.filter((role) => !isWithheld(standing.withheld, role, type, made));
  return allowed(left, roles) ? null : 'The organisation had taken this right away from the role.';
}

/** By the fact's own clock: what was written before the right was taken away counts, whenever it comes. */
function isWithheld(withheld: readonly Withheld[] = [], role: Role, type: string, made: number): boolean {
  return withheld.some(([of, permission, since]) => of === role && permission === type && made >= since);
}
