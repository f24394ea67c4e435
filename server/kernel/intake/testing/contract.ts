/** What every center's log has to do, whatever it keeps things in. PostgreSQL and memory are both held to it. */
import { describe } from 'vitest';
import { carryingContract } from './carrying-contract.ts';
import { erasingContract } from './erasing-contract.ts';
import { greetingContract } from './greeting-contract.ts';
import { headerAloneContract } from './header-alone-contract.ts';
import { judgingContract } from './judging-contract.ts';
import { type LogSuite, logBench } from './log-bench.ts';
import { readingContract } from './reading-contract.ts';
import { takingContract } from './taking-contract.ts';

export function centerLogContract(name: string, suite: LogSuite): void {
  describe(`the center's log: ${name}`, () => {
    const bench = logBench(suite);
    takingContract(bench);
    judgingContract(bench);
    carryingContract(bench);
    headerAloneContract(bench);
    erasingContract(bench);
    greetingContract(bench);
    readingContract(bench);
  });
}
