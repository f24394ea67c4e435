import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asvsPage } from './page.ts';
import { evidenceBelow, objections, readRequirements, readVerdicts } from './verdicts.ts';

const root = join(import.meta.dirname, '..', '..');
const REQUIREMENTS = join(root, '..', 'shared', 'data', 'asvs', 'asvs-5.0.0.flat.json');
const security = (name: string): string => join(root, 'docs', 'security', name);

const requirement = (req_id: string) => ({ req_id, section_id: 'V1.1', section_name: 'S', chapter_name: 'C', L: '1' });

describe('the verdicts', () => {
  it('object to an id without a verdict, a claim without a test, and a test of what is not claimed', () => {
    const verdicts = [
      { id: 'V1.1.1', verdict: 'met' as const, because: '' },
      { id: 'V1.1.2', verdict: 'open' as const, because: 'not built' },
    ];
    const evidence = [{ file: 'a.test.ts', name: 'a', ids: ['V1.1.2'] }];
    expect(objections(['V1.1.1', 'V1.1.2', 'V1.1.3'].map(requirement), verdicts, evidence)).toEqual([
      'V1.1.3 has no verdict',
      'V1.1.1 is said to be met, and no test carries it',
      'V1.1.2 is carried by a test, and not said to be met',
    ]);
  });
});

it('the requirements are read from no other file, which is said in one sentence', () => {
  for (const file of ['package.json', 'README.md'].map((name) => join(root, name)))
    expect(() => readRequirements(file)).toThrow(`${file} does not hold the requirements of ASVS 5.0`);
});

describe.skipIf(!existsSync(REQUIREMENTS))('ASVS 5.0', () => {
  it('has a verdict for each of its 345 requirements, and a test behind each claim', () => {
    const requirements = readRequirements(REQUIREMENTS);
    expect(requirements).toHaveLength(345);
    expect(objections(requirements, readVerdicts(security('asvs-verdicts.csv')), evidenceBelow(root))).toEqual([]);
  });

  it('is told in docs/security/asvs.md as it stands (npm run asvs writes it)', () => {
    const made = asvsPage(
      readRequirements(REQUIREMENTS),
      readVerdicts(security('asvs-verdicts.csv')),
      evidenceBelow(root),
    );
    expect(readFileSync(security('asvs.md'), 'utf8') === made).toBe(true);
  });
});
