/** What becomes of what a center could not read once it is a newer build. docs/adr/0032. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Folded } from '#domain/kernel/fold.ts';
import type { EntityRef } from '#domain/kernel/ids.ts';
import { READS } from '#domain/modules.ts';
import { eraseEntity } from '../erase.ts';
import type { CenterLog } from '../port.ts';
import { foldUnread } from '../refold.ts';
import { type LogBench, type LogUnderTest, world } from './log-bench.ts';
import { pushFrames } from './push.ts';
import { type Made, newEntity, opening, pushOf, type TestStation, testStation } from './station.ts';

const OLDER = READS.filter((type) => type !== 'unit.emergency@1');
const goOn = (): boolean => false;

export function readingContract(bench: LogBench): void {
  let subject: LogUnderTest;
  let a: TestStation;
  const { keys, enrolled, signer } = bench;
  beforeEach(() => {
    ({ subject, a } = bench.begun());
  });

  describe('a center of a newer build', () => {
    const push = (log: CenterLog, ...made: readonly Made[]) =>
      pushFrames(log, keys, world, subject.org, subject.sites[0].site, pushOf(...made));
    const states = (log: CenterLog, ref: EntityRef): Promise<Folded | null | undefined> =>
      log.intake(subject.org, async (tx) => (await tx.folded([ref])).get(ref));
    const emergency = (by: TestStation, unit: EntityRef): Made =>
      by.append({ type: 'unit.emergency', about: [unit], body: { emergency: 'declared' } });

    it('folds again what the one before could not read, once', async () => {
      const older = subject.of(OLDER);
      const [unit, other] = [newEntity('unit'), newEntity('unit')];
      const body = { code: 'AV', standard: 'available', commitments: [] };
      await push(older, emergency(a, unit), a.append({ type: 'unit.status', about: [other], body }));
      expect(await states(older, unit)).toMatchObject({ partly: true, registers: {} });
      expect(await older.foldedByOthers(subject.org, 10)).toEqual([]);
      const newer = subject.of(READS);
      expect(await foldUnread(newer, subject.org, goOn)).toBe(1);
      expect(await states(newer, unit)).toMatchObject({
        partly: false,
        registers: { emergency: [{ value: 'declared' }] },
      });
      expect(await foldUnread(newer, subject.org, goOn)).toBe(0);
    });

    it('shows what was contested and not read beside the rest', async () => {
      const nobody = await enrolled(testStation(`x-${subject.org}`, subject.sites[0]));
      const unit = newEntity('unit');
      await push(subject.of(OLDER), emergency(nobody, unit));
      const newer = subject.of(READS);
      await foldUnread(newer, subject.org, goOn);
      expect((await states(newer, unit))?.registers.emergency).toMatchObject([{ value: 'declared', contested: true }]);
    });

    it('misses nothing of what another fact comes to first', async () => {
      const unit = newEntity('unit');
      await push(subject.of(OLDER), emergency(a, unit));
      const newer = subject.of(READS);
      const body = { code: 'AV', standard: 'available', commitments: [] };
      await push(newer, a.append({ type: 'unit.status', about: [unit], body }));
      expect(await states(newer, unit)).toMatchObject({ partly: false, registers: { emergency: [{}], status: [{}] } });
    });

    it('leaves what was erased as it stays for reports: it cannot be folded again', async () => {
      const older = subject.of(OLDER);
      const [incident, unit] = [newEntity('incident'), newEntity('unit')];
      const first = a.append(opening(incident));
      const sent = { type: 'unit.emergency', about: [incident, unit], body: { emergency: 'declared' } };
      await push(older, first, a.append(sent));
      await older.intake(subject.org, (tx) => eraseEntity(tx, incident, 'asked for', signer, world));
      const before = await states(older, incident);
      expect(before?.registers.priority).toMatchObject([{ value: '2' }]);
      const newer = subject.of(READS);
      await foldUnread(newer, subject.org, goOn);
      expect(await states(newer, incident)).toEqual(before);
      expect(await newer.foldedByOthers(subject.org, 10)).toEqual([]);
      await push(newer, a.append({ type: 'incident.edited', about: [incident], body: { alarm: 2 } }));
      expect((await states(newer, incident))?.registers.priority).toMatchObject([{ value: '2' }]);
    });
  });
}
