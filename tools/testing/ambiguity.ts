/**
 * Whether a regular expression can take exponential time: whether one text can be matched around one loop of it in two ways,
 * so that a text of n such rounds is tried in 2^n (exponential degree of ambiguity: Weber and Seidl, On the degree of ambiguity of
 * finite automata, 1991). Over the automaton of its letters (Glushkov), with every way from one letter to the next counted.
 */

/** What its letters are told apart by: all of ASCII, and one of each kind beyond. */
const LETTERS = [...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)), ...'\u00a0éßıK中\u2028😀'];
/** A bound this high is no bound. */
const MANY = 10;
/** How often a bounded part is written out. */
const COPIES = 3;

/** A part of an expression: which letters it may begin and end with, and whether it may be nothing. */
interface Part {
  readonly first: readonly number[];
  readonly last: readonly number[];
  readonly empty: boolean;
}
const NOTHING: Part = { first: [], last: [], empty: true };

interface Automaton {
  /** Of each place: the letters it takes, a bit each. */
  readonly takes: bigint[];
  /** Of each place: where it goes on, and in how many ways. */
  readonly next: Map<number, number>[];
}

type Made = () => Part;

/** Throws where it holds what cannot be judged: a reference back, which no automaton follows. */
export function isExponential(source: string, flags: string): boolean {
  const automaton: Automaton = { takes: [], next: [] };
  build(source, flags, automaton);
  return hasAmbiguousLoop(automaton);
}

function build(source: string, flags: string, automaton: Automaton): void {
  const unicode = flags.replace(/[^iuvs]/g, '');
  let at = 0;
  const link = (from: readonly number[], to: readonly number[]): void => {
    for (const one of from)
      for (const other of to) automaton.next[one]?.set(other, (automaton.next[one]?.get(other) ?? 0) + 1);
  };
  const join = (one: Part, other: Part): Part => {
    link(one.last, other.first);
    return {
      first: one.empty ? [...one.first, ...other.first] : one.first,
      last: other.empty ? [...one.last, ...other.last] : other.last,
      empty: one.empty && other.empty,
    };
  };
  const letter = (text: string): Made => {
    const is = new RegExp(`^(?:${text})$`, unicode);
    const bits = LETTERS.reduce((set, one, bit) => (is.test(one) ? set | (1n << BigInt(bit)) : set), 0n);
    return () => {
      const place = automaton.takes.push(bits) - 1;
      automaton.next.push(new Map());
      return { first: [place], last: [place], empty: false };
    };
  };
  const repeated = (of: Made, least: number, most: number): Made => {
    const loops = most >= MANY;
    const copies = Math.max(loops ? Math.min(least, COPIES) : Math.min(most, COPIES), loops ? 1 : 0);
    return () => {
      let all = NOTHING;
      for (let n = 1; n <= copies; n++) {
        const one = of();
        if (loops && n === copies) link(one.last, one.first);
        all = join(all, n > least ? { ...one, empty: true } : one);
      }
      return all;
    };
  };
  const quantified = (of: Made): Made => {
    const [text, mark, least, comma, most] = /^(?:([*+?])|\{(\d+)(,)?(\d*)\})\??/.exec(source.slice(at)) ?? [''];
    at += text.length;
    if (text === '') return of;
    if (mark !== undefined) return repeated(of, mark === '+' ? 1 : 0, mark === '?' ? 1 : Number.POSITIVE_INFINITY);
    const from = Number(least);
    return repeated(of, from, comma === undefined ? from : most === '' ? Number.POSITIVE_INFINITY : Number(most));
  };
  const term = (): Made => {
    const rest = source.slice(at);
    const assertion = /^(?:\^|\$|\\b|\\B)/.exec(rest)?.[0];
    if (assertion !== undefined) {
      at += assertion.length;
      return () => NOTHING;
    }
    const open = /^\((?:\?(?:[:=!]|<[=!]|<\w+>))?/.exec(rest)?.[0];
    if (open !== undefined) {
      at += open.length;
      const inner = alternatives();
      at++;
      // What only looks is judged by itself; it takes nothing of what comes after.
      if (/[=!]$/.test(open))
        return () => {
          inner();
          return NOTHING;
        };
      return quantified(inner);
    }
    if (/^\\(?:[1-9]|k<)/.test(rest)) throw new Error(`${source} refers back`);
    const text =
      /^(?:\[(?:\\[\s\S]|[^\]\\])*\]|\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|c[A-Za-z]|[\s\S])|[\s\S])/u.exec(
        rest,
      )?.[0] ?? '';
    at += text.length;
    return quantified(letter(text));
  };
  const alternatives = (): Made => {
    const ways: Made[][] = [[]];
    while (at < source.length && source[at] !== ')') {
      if (source[at] === '|') {
        at++;
        ways.push([]);
      } else ways.at(-1)?.push(term());
    }
    return () => {
      const parts = ways.map((terms) => terms.reduce((all, of) => join(all, of()), NOTHING));
      return {
        first: parts.flatMap(({ first }) => first),
        last: parts.flatMap(({ last }) => last),
        empty: parts.some(({ empty }) => empty),
      };
    };
  };
  alternatives()();
}

/** Whether two walks over the same letters part and meet again in a loop. */
function hasAmbiguousLoop({ takes, next }: Automaton): boolean {
  const size = takes.length;
  const reached = (from: number, step: (node: number) => Iterable<number>): Set<number> => {
    const seen = new Set<number>();
    const open = [from];
    for (let node = open.pop(); node !== undefined; node = open.pop())
      for (const one of step(node))
        if (!seen.has(one)) {
          seen.add(one);
          open.push(one);
        }
    return seen;
  };
  function* pairs(node: number): Iterable<number> {
    for (const one of next[Math.floor(node / size)]?.keys() ?? [])
      for (const other of next[node % size]?.keys() ?? [])
        if (((takes[one] ?? 0n) & (takes[other] ?? 0n)) !== 0n) yield one * size + other;
  }
  for (let place = 0; place < size; place++) {
    const beyond = reached(place, (node) => next[node]?.keys() ?? []);
    if (!beyond.has(place)) continue;
    for (const [to, ways] of next[place] ?? [])
      if (ways > 1 && (to === place || reached(to, (node) => next[node]?.keys() ?? []).has(place))) return true;
    const both = place * size + place;
    for (const pair of reached(both, pairs))
      if (Math.floor(pair / size) !== pair % size && reached(pair, pairs).has(both)) return true;
  }
  return false;
}
