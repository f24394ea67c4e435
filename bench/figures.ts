/** The figures that the benches measure, and the goals they are held against. Names and goals are fixed: docs and CI quote them. */

export interface Goal {
  readonly unit: string;
  readonly goal: number;
  readonly better: 'higher' | 'lower';
}

const GOALS = {
  'store.read_ratio': { unit: 'ratio', goal: 0.9, better: 'higher' },
  'store.open_ms': { unit: 'ms', goal: 10, better: 'lower' },
  'store.vs_sqlcipher': { unit: 'ratio', goal: 1.5, better: 'higher' },
  'action.p50_ratio': { unit: 'ratio', goal: 2.5, better: 'lower' },
  'action.p99_ms': { unit: 'ms', goal: 5, better: 'lower' },
  'fanout.p99_ms': { unit: 'ms', goal: 25, better: 'lower' },
  'peer.p99_ms': { unit: 'ms', goal: 25, better: 'lower' },
  'recovery.s': { unit: 's', goal: 5, better: 'lower' },
  'recovery.vs_pouchdb': { unit: 'ratio', goal: 10, better: 'higher' },
  'start.ms': { unit: 'ms', goal: 400, better: 'lower' },
  'center.single': { unit: 'facts/s', goal: 1_000, better: 'higher' },
  'center.b20': { unit: 'facts/s', goal: 5_000, better: 'higher' },
  'center.b100': { unit: 'facts/s', goal: 8_000, better: 'higher' },
  'memory.station_mb': { unit: 'MB', goal: 250, better: 'lower' },
  'trust.read_ratio': { unit: 'ratio', goal: 0.3, better: 'higher' },
  'trust.write_ratio': { unit: 'ratio', goal: 0.35, better: 'higher' },
  'trust.webhook_p99_ms': { unit: 'ms', goal: 1, better: 'lower' },
  'trust.authorise_us': { unit: 'us', goal: 50, better: 'lower' },
  'simulate.hours_per_min': { unit: 'station-hours/min', goal: 1_000, better: 'higher' },
  'trust.audit_rows': { unit: 'rows/s', goal: 20_000, better: 'higher' },
} as const satisfies { readonly [name: string]: Goal };
export type FigureName = keyof typeof GOALS;

export const BENCHES = [
  'store',
  'action',
  'fanout',
  'peer',
  'recovery',
  'start',
  'center',
  'memory',
  'simulate',
  'trust',
] as const;
export type BenchName = (typeof BENCHES)[number];

/** One measured figure; `with` holds the absolute values and settings that it was made of. */
export interface Measured {
  readonly figure: FigureName;
  readonly value: number;
  readonly with: { readonly [what: string]: number | string | boolean | readonly number[] };
}

/** What a bench file exports: measures, saying on the way what it is doing. */
export type Measure = (say: (what: string) => void) => Promise<readonly Measured[]>;

export interface Reported {
  readonly bench: string;
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  readonly goal: number;
  readonly better: 'higher' | 'lower';
  readonly with: Measured['with'];
}

export function reported(measured: Measured): Reported {
  const goal = GOALS[measured.figure];
  const [bench = '', figure = ''] = measured.figure.split('.');
  return {
    bench,
    figure,
    value: measured.value,
    unit: goal.unit,
    goal: goal.goal,
    better: goal.better,
    with: measured.with,
  };
}

export function reached(row: Reported): boolean {
  return row.better === 'higher' ? row.value >= row.goal : row.value <= row.goal;
}

/** The value below which a share of the samples lies, by nearest rank. Samples need not be sorted. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
