import { expect, it } from 'vitest';
import { decide } from '#domain/kernel/decision.ts';
import { cautionOf } from './foreseen.ts';

const gate = (verdict: 'WARN' | 'BLOCK', reason: string) => decide([{ rule: 'r@1', verdict, reason, evidence: [] }]);

it('says before Enter what is asked first, warned of, held back, or not possible; and nothing where nothing is', () => {
  const refused = (code: string, message: string) => cautionOf({ ok: false, refusal: { code, message } });
  expect(cautionOf({ ok: true, value: { said: 'M36 dispatched 26-00001' } })).toBeNull();
  const warned = gate('WARN', 'Tell Position 3 by voice.');
  expect(cautionOf({ ok: true, value: { said: 'M36 EMERGENCY', warned } })).toEqual({
    says: 'Enter also warns: Tell Position 3 by voice.',
    stops: false,
  });
  expect(refused('confirm.needed', 'M36 is en route 26-00001.')).toEqual({
    says: 'Enter asks first: M36 is en route 26-00001.',
    stops: false,
  });
  expect(refused('fact.held_back', 'Linked: Position 3 runs an older version.')?.says).toMatch(/^Held back\. Linked: /);
  expect(refused('unit.already', 'M36 is on 26-00001 already.')?.says).toBe(
    'Not possible: M36 is on 26-00001 already.',
  );
  expect(refused('station.away', 'The station does not answer.')).toBeNull();
  expect(refused('session.locked', 'This console is locked.')).toBeNull();
});
