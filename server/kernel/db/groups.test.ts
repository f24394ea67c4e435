import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inGroups } from './groups.ts';

/** Groups that are answered one by one, when the test says so. */
function desk(options: { readonly lanes: number; readonly most: number; readonly enough?: number }) {
  const running: { readonly org: string; readonly group: readonly number[]; readonly answer: () => void }[] = [];
  const ask = inGroups<number, string>({
    ...options,
    weightOf: (asked) => asked,
    run: (org, group) =>
      new Promise((resolve, reject) => {
        const answer = (): void =>
          group.includes(13) ? reject(new Error('thirteen')) : resolve(group.map((asked) => `${org}${asked}`));
        running.push({ org, group, answer });
      }),
  });
  return { ask, running, groups: () => running.map(({ org, group }) => `${org}:${group.join('+')}`) };
}

describe('group commit', () => {
  it('takes what waits together, in its order, within the weight of a group', async () => {
    const { ask, running, groups } = desk({ lanes: 1, most: 5 });
    const answers = [1, 2, 9, 3, 2].map((asked) => ask('a', asked));
    for (let i = 0; i < 4; i++) {
      await turn();
      await turn();
      running[i]?.answer();
    }
    expect(await Promise.all(answers)).toEqual(['a1', 'a2', 'a9', 'a3', 'a2']);
    expect(groups()).toEqual(['a:1+2', 'a:9', 'a:3+2']);
  });

  it('has no more groups of an organisation on their way than lanes, and none of two organisations', async () => {
    const { ask, running, groups } = desk({ lanes: 2, most: 100 });
    const answers: Promise<string>[] = [];
    for (const asked of [1, 2, 3, 4]) {
      answers.push(ask('a', asked), ask('b', asked));
      await turn();
      await turn();
    }
    expect(groups()).toEqual(['a:1', 'b:1', 'a:2', 'b:2']);
    for (const { answer } of running.splice(0)) answer();
    await turn();
    await turn();
    expect(groups()).toEqual(['a:3+4', 'b:3+4']);
    for (const { answer } of running) answer();
    expect(await Promise.all(answers)).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3', 'a4', 'b4']);
  });

  it('waits for those who are still coming in, turn by turn', async () => {
    const { ask, running, groups } = desk({ lanes: 1, most: 100 });
    const answers = [ask('a', 1), ask('a', 2)];
    await turn();
    answers.push(ask('a', 3));
    await turn();
    await turn();
    running[0]?.answer();
    await Promise.all(answers);
    expect(groups()).toEqual(['a:1+2+3']);
  });

  it('waits for no more than go together', async () => {
    const { ask, groups } = desk({ lanes: 1, most: 2 });
    void ask('a', 1);
    void ask('a', 1);
    await turn();
    void ask('a', 1);
    expect(groups()).toEqual(['a:1+1']);
  });

  it('goes in the end, though ever more come', async () => {
    const { ask, running } = desk({ lanes: 1, most: 1_000 });
    for (let asked = 0; running.length === 0 && asked < 100; asked++) {
      void ask('a', 1);
      void ask('a', 1);
      await turn();
    }
    expect(running).toHaveLength(1);
  });

  it('sends those who are enough before it answers those of the group before', async () => {
    const { ask, running, groups } = desk({ lanes: 1, most: 100, enough: 2 });
    const sentAtAnswer: number[] = [];
    const first = ask('a', 1).then(() => sentAtAnswer.push(running.length));
    await turn();
    await turn();
    const others = [2, 3].map((asked) => ask('a', asked).then(() => sentAtAnswer.push(running.length)));
    running[0]?.answer();
    await first;
    running[1]?.answer();
    await Promise.all(others);
    expect(groups()).toEqual(['a:1', 'a:2+3']);
    expect(sentAtAnswer[0]).toBe(2);
  });

  it('answers those of the group before first where fewer wait: they may ask again and go along', async () => {
    const { ask, running, groups } = desk({ lanes: 1, most: 100, enough: 3 });
    const again = ask('a', 1).then(() => ask('a', 4));
    await turn();
    await turn();
    const waits = ask('a', 2);
    running[0]?.answer();
    for (let i = 0; i < 4; i++) await turn();
    running[1]?.answer();
    expect(await Promise.all([again, waits])).toEqual(['a4', 'a2']);
    expect(groups()).toEqual(['a:1', 'a:2+4']);
  });

  it('divides among its lanes what is more than enough', async () => {
    const { ask, running, groups } = desk({ lanes: 2, most: 100, enough: 3 });
    const all = Promise.all([1, 1, 1, 1, 1, 1, 1, 1].map((asked) => ask('a', asked)));
    for (let i = 0; i < 3; i++) await turn();
    expect(groups()).toEqual(['a:1+1+1+1', 'a:1+1+1+1']);
    for (const { answer } of running) answer();
    await all;
  });

  it('asks each alone where a group failed', async () => {
    const { ask, running, groups } = desk({ lanes: 1, most: 100 });
    const answers = Promise.allSettled([ask('a', 1), ask('a', 13), ask('a', 2)]);
    for (let i = 0; i < 4; i++) {
      await turn();
      await turn();
      running[i]?.answer();
    }
    expect((await answers).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(groups()).toEqual(['a:1+13+2', 'a:1', 'a:13', 'a:2']);
  });

  it('answers everybody with their own, whoever asks again and in whatever order groups come back', async () => {
    const asker = fc.record({
      org: fc.constantFrom('a', 'b'),
      asked: fc.nat(13),
      times: fc.integer({ min: 1, max: 4 }),
      wait: fc.nat(3),
    });
    const options = fc.record({
      lanes: fc.integer({ min: 1, max: 3 }),
      most: fc.integer({ min: 1, max: 30 }),
      enough: fc.integer({ min: 1, max: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(
        options,
        fc.boolean(),
        fc.array(asker, { maxLength: 25 }),
        fc.infiniteStream(fc.nat(60)),
        async ({ enough, ...rest }, gathers, askers, luck) => {
          const { ask, running } = desk(gathers ? { ...rest, enough } : rest);
          let left = askers.length;
          const all = askers.map(async ({ org, asked, times, wait }) => {
            for (let i = 0; i < wait; i++) await turn();
            const own = asked === 13 ? 'Error: thirteen' : `${org}${asked}`;
            for (let n = 0; n < times; n++) expect(await ask(org, asked).catch(String)).toBe(own);
            left--;
          });
          const answered = new Set<(typeof running)[number]>();
          for (let idle = 0; left > 0; ) {
            await turn();
            const open = running.filter((one) => !answered.has(one));
            for (const org of ['a', 'b'])
              expect(open.filter((one) => one.org === org).length).toBeLessThanOrEqual(rest.lanes);
            const roll = luck.next().value as number;
            const one = roll % 3 === 0 ? undefined : open[roll % open.length];
            if (one) answered.add(one);
            one?.answer();
            idle = open.length > 0 ? 0 : idle + 1;
            expect(idle).toBeLessThan(50);
          }
          await Promise.all(all);
        },
      ),
      { numRuns: 100 },
    );
  });
});
