/**
 * Conflicts and contested facts as rows.
 *
 * Invariants: a register is listed exactly when it is in conflict (values that differ stand blindly beside each other);
 * sequential edits, equal values and deliberate second assignments never are, nor why a unit is available or a time was amended. A disposition counts
 * only while the incident is closed: one that was reopened has none to settle. What hangs on another register of the same entity waits until
 * that is settled, for the fact that settles it says both: a word on the hospital would choose a status nobody was asked about.
 */
import type { ConflictRow, ContestedRow } from '../../bridge/topics.ts';
import type { Fact } from '../../kernel/fact.ts';
import { type Folded, inConflict, OF_ANOTHER_SITE, shownValue, sidesOf } from '../../kernel/fold.ts';
import { type EntityRef, type FactId, idOf, kindOf } from '../../kernel/ids.ts';
import { canonicalJson, type Json } from '../../kernel/json.ts';
import { factSaid } from '../sentences/fact-said.ts';
import { dayText, zoneOf } from '../sentences/local-time.ts';
import { besideWords, isOfTime, nameOf, registerWords, valueWords } from '../sentences/words.ts';
import { authorOf, fieldsOf, isActive, lenderOf, numberIn, runOf } from './reading.ts';
import type { World } from './world.ts';

const NO_CONFLICTS: readonly ConflictRow[] = [];
const NO_CONTESTED: readonly ContestedRow[] = [];

function titleOf(folded: Folded, register: string, world: World): string {
  if (register === 'commitments') {
    const busy = sidesOf(folded, register).every(({ value }) => Array.isArray(value) && value.length > 0);
    return busy ? `${nameOf(folded.ref, world)} on two incidents` : `${nameOf(folded.ref, world)}: assignment`;
  }
  const words = registerWords(register, world);
  return kindOf(folded.ref) === 'incident' ? words : `${nameOf(folded.ref, world)}: ${words}`;
}

/** What a value of a register says, without why it was said; null where all of it says something. */
function sayingOf(ref: EntityRef, register: string): ((value: Json) => Json) | null {
  if (isOfTime(register)) return (value) => numberIn(fieldsOf(value).at);
  if (register !== 'status' || kindOf(ref) !== 'unit') return null;
  return (value) => {
    const { code, standard } = fieldsOf(value);
    return standard === 'available' ? [code ?? null, standard] : value;
  };
}

/**
 * Whether the sides of a register differ in anything that says something. A unit that is available is so whatever it was canceled
 * for: two consoles that took it off one call, each with a reason of its own, agree. So do two that amended a time to the same
 * one, or struck it; why each did stays in the timeline.
 */
export function sidesDiffer(folded: Folded, register: string): boolean {
  if (!inConflict(folded, register)) return false;
  const saying = sayingOf(folded.ref, register);
  if (!saying) return true;
  const said = sidesOf(folded, register)
    .filter(({ claims }) => claims.some(({ contested }) => !contested))
    .map(({ value }) => canonicalJson(saying(value)));
  return new Set(said).size > 1;
}

const HANGS_ON: { readonly [register: string]: string } = { disposition: 'life', destination: 'status' };

/** The register that has to be settled before this one; null where none has. */
export function settledBefore(folded: Folded, register: string): string | null {
  const other = HANGS_ON[register];
  return other !== undefined && inConflict(folded, other) ? other : null;
}

/** The registers of an entity that are to be settled, by name. */
export function registersInConflict(folded: Folded | undefined): readonly string[] {
  if (!folded) return [];
  const registers: string[] = [];
  for (const register in folded.registers) {
    if ((folded.registers[register]?.length ?? 0) < 2 || !sidesDiffer(folded, register)) continue;
    if (register === 'disposition' && shownValue(folded, 'life') !== 'closed') continue;
    if (settledBefore(folded, register) !== null) continue;
    registers.push(register);
  }
  return registers.sort();
}

/** Whether an assignment still says something of its unit: the run goes on, or there is something of it to settle. */
export function saysOfItsUnit(assignment: Folded | undefined): boolean {
  const run = runOf(assignment);
  return (run !== null && isActive(run)) || registersInConflict(assignment).length > 0;
}

/** Those about it by their ids, without looking through all of them: a row is made with each change of what it shows. */
function factsAt(ref: EntityRef, world: World): (id: FactId) => Fact | undefined {
  return (id) => {
    const fact = world.fact(id);
    return fact?.about.includes(ref) ? fact : undefined;
  };
}

/** Who entered it, and where: the position, or the workstation that is none. */
function entered(fact: Fact | undefined, world: World): { readonly by: string; readonly position: string } {
  if (!fact) return { by: '', position: '' };
  const { by, position } = authorOf(fact, world);
  return { by, position: position || world.stationName(fact.station) };
}

function incidentsIn(value: Json): readonly string[] {
  return Array.isArray(value) ? value.flatMap((ref) => (typeof ref === 'string' ? idOf(ref as EntityRef) : [])) : [];
}

/**
 * What each side says; where times are of several days, each with its day: clocks alone might be the same. Those that are alike all
 * the same with what tells them apart.
 */
function sidesSaid(folded: Folded, register: string, world: World): readonly string[] {
  const sides = sidesOf(folded, register);
  const moments = isOfTime(register) ? sides.map(({ value }) => numberIn(fieldsOf(value).at)) : [];
  const zone = zoneOf(world);
  const days = moments.map((at) => (at === null ? null : dayText(at, zone)));
  const known = new Set(days.filter((day) => day !== null));
  const plain = sides.map(({ value }, i) => {
    const said = valueWords(folded.ref, register, value, world);
    return known.size > 1 && days[i] ? `${days[i]} ${said}` : said;
  });
  return sides.map(({ value }, i) => {
    const said = plain[i] ?? '';
    const isAlike = plain.indexOf(said) !== plain.lastIndexOf(said);
    const beside = isAlike ? besideWords(register, value, world) : '';
    return beside ? `${said} (${beside})` : said;
  });
}

/** Registers in which values stand that differ, each with its sides, who entered them, when and where. */
export function conflictsOf(folded: Folded | undefined, world: World): readonly ConflictRow[] {
  const registers = registersInConflict(folded);
  if (!folded || registers.length === 0) return NO_CONFLICTS;
  const factOf = factsAt(folded.ref, world);
  return registers.map((register) => {
    const said = sidesSaid(folded, register, world);
    return {
      entity: folded.ref,
      register,
      title: titleOf(folded, register, world),
      sides: sidesOf(folded, register).flatMap((side, i) => {
        const claim = side.claims.find((one) => !one.contested);
        if (!claim) return [];
        return [
          {
            fact: claim.fact,
            said: said[i] ?? '',
            on: register === 'commitments' ? incidentsIn(side.value) : [],
            ...entered(factOf(claim.fact), world),
            at: claim.at,
          },
        ];
      }),
    };
  });
}

/** One's own site has no word in whether what it wrote about another's counts. */
function waitsFor(of: EntityRef, fact: Fact, world: World): string | null {
  if (world.record('neighbour', fact.site)) return null;
  return (kindOf(of) === 'unit' ? lenderOf(world, of) : null) ?? 'the site that it is of';
}

/** Facts about the entity whose authors lacked the right, and that nobody has settled. */
export function contestedOf(folded: Folded | undefined, world: World): readonly ContestedRow[] {
  if (!folded || folded.contested.length === 0) return NO_CONTESTED;
  const factOf = factsAt(folded.ref, world);
  return folded.contested.map(({ fact: id, reason }) => {
    const fact = factOf(id);
    return {
      entity: folded.ref,
      fact: id,
      said: fact ? factSaid(fact, { world, of: folded.ref, fact: factOf }).said : 'A fact that is not held here',
      reason,
      waitsFor: reason === OF_ANOTHER_SITE && fact ? waitsFor(folded.ref, fact, world) : null,
      ...entered(fact, world),
      at: fact?.at ?? 0,
    };
  });
}
