/** What one site of an organisation may make of another's records. PostgreSQL and memory are both held to it. */
import { describe } from 'vitest';
import { beforeOpeningContract } from './before-opening-contract.ts';
import { lettingInContract } from './letting-in-contract.ts';
import type { LogSuite } from './log-bench.ts';
import { runsContract } from './runs-contract.ts';
import { sharingContract } from './sharing-contract.ts';
import { sitesBench } from './sites-bench.ts';

export function holdingContract(name: string, suite: LogSuite): void {
  describe(`what sites hold: ${name}`, () => {
    const bench = sitesBench(suite);
    lettingInContract(bench);
    sharingContract(bench);
    runsContract(bench);
    beforeOpeningContract(bench);
  });
}
