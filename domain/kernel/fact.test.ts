import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type FactHeader, FactHeaderSchema, readHeader } from './fact.ts';

const HASH = 'a'.repeat(43);
const whole: FactHeader = {
  ...{ f: 1, id: '01a-1', log: 'log:1', seq: 7, prev: HASH, hlc: '0123456789ab-0001-ABC', at: 1_795_000_000_000 },
  ...{ org: 'o', site: 's', station: 'st', position: 'p', session: null, by: 'u.1', type: 'unit.status', v: 1 },
  ...{ about: ['incident:1', 'unit:m-5'], replaces: ['f-1'], body: HASH },
};

/** Values that are at home in some field, one step beside it, or nowhere. */
const anything = fc.oneof(
  fc.constantFrom<unknown>(
    ...Object.values(whole),
    null,
    undefined,
    true,
    {},
    [],
    '',
    'é',
    'a b',
    'a\n',
    'unit.',
    '.a',
    'a.b',
  ),
  fc.constantFrom<unknown>(0, -0, 1, -1, 1.5, 999, 1_000, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), 1e308),
  fc.constantFrom(2, 3, 42, 43, 44, 64, 65, 96, 97, 128, 129, 160, 161).map((length) => 'a'.repeat(length)),
  fc.constantFrom(59, 62, 64).map((length) => `${'a'.repeat(length - 2)}.b`),
  fc.constantFrom(96, 97).map((length) => `0123456789ab-0001-${'a'.repeat(length - 18)}`),
  fc.constantFrom(160, 161).map((length) => `unit:${'a'.repeat(length - 5)}`),
  fc
    .constantFrom(16, 17, 256, 257)
    .chain((length) => fc.constantFrom('unit:1', '1', 1, null).map((of) => Array(length).fill(of))),
  fc.array(fc.constantFrom<unknown>('unit:1', 'Unit:1', '1', '', 1, null, HASH, 'a'.repeat(129)), { maxLength: 3 }),
  fc.jsonValue(),
);
const field = fc.constantFrom(...Object.keys(whole), 'more', '__proto__', 'toString', 'length');

function bySchema(text: string): unknown {
  try {
    const read = FactHeaderSchema.safeParse(JSON.parse(text));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

it('reads exactly the headers that the schema takes', () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.array(fc.tuple(field, anything, fc.boolean()), { maxLength: 3 }), (changes) => {
      const parts = new Map(Object.entries(whole).map(([name, value]) => [name, JSON.stringify(value)]));
      for (const [name, value, without] of changes) {
        const text = JSON.stringify(value);
        if (without || text === undefined) parts.delete(name);
        else parts.set(name, text);
      }
      const text = `{${[...parts].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join()}}`;
      const read = readHeader(text);
      if (read) taken++;
      expect(read).toEqual(bySchema(text));
    }),
    { numRuns: 5_000 },
  );
  expect(taken).toBeGreaterThan(500);
  expect(taken).toBeLessThan(4_500);
});

it('reads nothing out of what is no object, or no JSON', () => {
  const texts = fc.oneof(fc.json(), fc.string());
  fc.assert(fc.property(texts, (text) => void expect(readHeader(text)).toEqual(bySchema(text))));
  const list = `[${'1,'.repeat(18)}1]`;
  for (const text of ['null', '[]', '"a"', '1', '{', '{"f":1}', list]) expect(readHeader(text)).toBeNull();
});
