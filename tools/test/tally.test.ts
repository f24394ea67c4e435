import { expect, test } from 'vitest';
import { tally, tallyLine } from './tally.ts';

const allowed = [{ test: 'e2e tests/e2e/electron', reason: 'the Electron binary is not on this machine' }];

test('a skip on the list is a skip, with its reason', () => {
  const result = tally([{ name: 'e2e tests/e2e/electron.test.ts > starts', state: 'skipped' }], allowed);
  expect(result.skipped[0]?.note).toBe('the Electron binary is not on this machine');
  expect(tallyLine(result)).toBe('0 passed, 0 failed, 1 skipped');
});

test('a skip that is not on the list has failed', () => {
  const result = tally(
    [
      { name: 'unit domain/a.test.ts > adds', state: 'passed' },
      { name: 'unit domain/a.test.ts > subtracts', state: 'skipped' },
    ],
    allowed,
  );
  expect(result.failed.map((one) => one.name)).toEqual(['unit domain/a.test.ts > subtracts']);
  expect(tallyLine(result)).toBe('1 passed, 1 failed, 0 skipped');
});
