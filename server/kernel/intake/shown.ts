/**
 * Facts that were contested because the center did not know their sign-in, and whose sign-in a station has shown since: a
 * center that was put back may get them from a peer before their own station greets. docs/adr/0006.
 */
import type { FactDraft, FactHeader } from '#domain/kernel/fact.ts';
import { FACT_SETTLED, OF_ANOTHER_SITE } from '#domain/kernel/fold.ts';
import type { EntityRef } from '#domain/kernel/ids.ts';
import type { Signer } from '#sealing/signing.ts';
import { appendOwn } from './intake.ts';
import { contestedFor } from './judge.ts';
import type { World } from './own.ts';
import type { CenterLog, IntakeTransaction } from './port.ts';

/**
 * Judges again what waits for these sessions, where they stand by now: what its author had the right to counts, by a word
 * of the center that supervisors may overrule. What a supervisor has settled stays settled. Returns how many count now.
 */
export async function settleShown(
  log: CenterLog,
  signer: Signer,
  world: World,
  org: string,
  sessions: readonly string[],
): Promise<number> {
  if (sessions.length === 0 || !(await log.awaits(org, sessions))) return 0;
  return log.intake(org, async (tx) => {
    const standing = [...(await tx.authors([], sessions)).standings.keys()];
    const waiting = await tx.takeAwaiting(standing);
    const due = await stillContested(tx, await entitled(tx, waiting));
    const drafts = new Map<string, FactDraft[]>();
    for (const {
      fact: { id, site },
      about,
    } of due) {
      const body = { fact: id, verdict: 'confirmed', note: 'The sign-in was shown to the center.' };
      const draft = { type: FACT_SETTLED, v: 1, at: world.clock(), about, replaces: [], body };
      drafts.set(site, [...(drafts.get(site) ?? []), draft]);
    }
    if (due.length > 0) await appendOwn(tx, drafts, signer, world);
    return due.length;
  });
}

/** Those whose authors had the right, as is known now. */
async function entitled(tx: IntakeTransaction, facts: readonly FactHeader[]): Promise<readonly FactHeader[]> {
  const sessions = facts.flatMap(({ session }) => (session === null ? [] : [session]));
  const { devices, standings } = await tx.authors([...new Set(facts.map(({ station }) => station))], sessions);
  return facts.filter(
    (fact) => contestedFor(fact, devices.get(fact.station), standings.get(fact.session ?? '')) === null,
  );
}

interface Due {
  readonly fact: FactHeader;
  /** Where it is contested for its sign-in. What is another site's stays contested, whoever signed in. */
  readonly about: readonly EntityRef[];
}

async function stillContested(tx: IntakeTransaction, facts: readonly FactHeader[]): Promise<readonly Due[]> {
  const states = await tx.folded([...new Set(facts.flatMap(({ about }) => about))]);
  return facts.flatMap((fact) => {
    const about = fact.about.filter((ref) =>
      states.get(ref)?.contested.some((one) => one.fact === fact.id && one.reason !== OF_ANOTHER_SITE),
    );
    return about.length > 0 ? [{ fact, about }] : [];
  });
}
