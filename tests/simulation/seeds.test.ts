import { beforeAll, describe, expect, it } from 'vitest';
import { loadKnownSignatures } from './known-signatures.ts';
import { runSeed } from './simulate.ts';

beforeAll(loadKnownSignatures);

describe('simulated days', () => {
  it('pass with nothing going wrong, and show no clash that was not blind', async () => {
    const outcome = await runSeed({ seed: 0, hours: 1 });
    expect(outcome).toMatchObject({ lost: [], diverged: [], excused: 0 });
    expect(outcome.actions - outcome.refused).toBeGreaterThan(30);
  });

  it('are the same from the same seed', async () => {
    const [first, second] = [await runSeed({ seed: 5, hours: 1 }), await runSeed({ seed: 5, hours: 1 })];
    expect(second.fingerprint).toBe(first.fingerprint);
    expect(second).toMatchObject({ actions: first.actions, refused: first.refused, facts: first.facts });
    expect((await runSeed({ seed: 6, hours: 1 })).fingerprint).not.toBe(first.fingerprint);
  });

  it('fail where the center has lost what was acknowledged', async () => {
    const outcome = await runSeed({
      seed: 0,
      hours: 1,
      sabotage: async (center) => {
        await center.restore({ ...center.backup(), log: new Map() }, true);
      },
    });
    expect(outcome.lost.length).toBeGreaterThan(30);
  });

  it('hold back what an older workstation does not read, while it is one', async () => {
    const outcome = await runSeed({ seed: 9, hours: 1 });
    expect(outcome).toMatchObject({ lost: [], diverged: [] });
    expect(outcome.heldBack).toBeGreaterThan(0);
  });

  it('erase incidents, and come together after it', async () => {
    const outcome = await runSeed({ seed: 710_010, hours: 1, before: 'fills' });
    expect(outcome).toMatchObject({ lost: [], diverged: [] });
    expect(outcome.erased).toBeGreaterThan(0);
  });

  it('are, without what came to them later, the days that they were', async () => {
    const day = { seed: 45, hours: 1 };
    const [then, now] = [await runSeed({ ...day, before: 'numbersOfBoth' }), await runSeed(day)];
    expect(then).toMatchObject({ lost: [], diverged: [] });
    expect(now.fingerprint).not.toBe(then.fingerprint);
  });
});
