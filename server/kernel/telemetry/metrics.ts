/**
 * What the center counts: scraped by Prometheus at `/metrics`, and sent over OTLP where there is somebody to send it to.
 * Labels are names of the product's own: never an organisation's or a person's.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import {
  AggregationType,
  type IMetricReader,
  MeterProvider,
  MetricReader,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { SECURITY_KINDS, type SecurityKind } from '#domain/identity/detection.ts';
import type { CollectorHeaders } from './collector.ts';
import { RESOURCE } from './resource.ts';

/** What is asked of the database each time somebody looks. */
export interface Gauges {
  /** How long the oldest audit entry has waited to be sealed, over all organisations. s */
  readonly auditUnsealed: number;
  /** How long the oldest hand-off that is due has waited. s */
  readonly handoffOldest: number;
  readonly handoffDue: number;
  /** Security events that nobody has brought to an end. */
  readonly securityOpen: number;
  /** How many keys of each level are used beyond the time that the key policy gives them. */
  readonly keysOverdue: { readonly [level: string]: number };
}

export interface Metrics {
  readonly answered: (method: string, route: string, status: number, ms: number) => void;
  readonly taken: (facts: number, contested: number) => void;
  readonly stations: (count: number) => void;
  readonly sealed: (entries: number) => void;
  readonly webhook: (provider: string, outcome: string) => void;
  readonly securityEvent: (kind: SecurityKind) => void;
  /** Browsers say that they held a page to its policy. */
  readonly heldToPolicy: (times: number) => void;
  /** The store of the limits is away, or back: this node counts for itself meanwhile. */
  readonly limitsAlone: (alone: boolean) => void;
  /** Whether the certificate that the center shows ends within a fortnight, or has ended. */
  readonly certificateEnds: (soon: boolean) => void;
  /** The database has no room on its disk for what it is to write, or has it again. */
  readonly databaseFull: (full: boolean) => void;
  /** The clock is ahead of all that is known of the time, so that nothing is removed by it; or it is believed again. */
  readonly clockLeapt: (leapt: boolean) => void;
  /** What `/metrics` answers. */
  readonly text: () => Promise<string>;
  readonly stop: () => Promise<void>;
}

const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const EVERY_MS = 15_000;

/** Collected when it is asked, not on a timer of its own. */
class ScrapedReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * `otlp`: base address of an OTLP/HTTP collector; null for none. `authority`: PEM of the one by whose word alone it is taken;
 * null for those that the system knows. `headers`: how it is shown who sends; null where it does not ask.
 */
export function createMetrics(
  otlp: string | null,
  gauges: () => Promise<Gauges>,
  authority: string | null = null,
  headers: CollectorHeaders | null = null,
): Metrics {
  const scraped = new ScrapedReader();
  const readers: IMetricReader[] = [scraped];
  if (otlp !== null) {
    const exporter = new OTLPMetricExporter({
      url: new URL('v1/metrics', withSlash(otlp)).href,
      ...(authority === null ? {} : { httpAgentOptions: { ca: authority } }),
      ...(headers === null ? {} : { headers }),
    });
    readers.push(new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: EVERY_MS }));
  }
  const provider = new MeterProvider({
    resource: RESOURCE,
    readers,
    views: [
      {
        instrumentName: 'qd_http_seconds',
        aggregation: { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries: SECONDS } },
      },
    ],
  });
  const meter = provider.getMeter('quantum-dispatch');
  const seconds = meter.createHistogram('qd_http_seconds', { description: 'How long answers took' });
  const facts = meter.createCounter('qd_facts_total', { description: 'Facts taken' });
  const contested = meter.createCounter('qd_facts_contested_total', { description: 'Facts contested' });
  const stations = meter.createGauge('qd_stations_live', { description: 'Stations on the live channel' });
  const sealed = meter.createCounter('qd_audit_sealed_total', { description: 'Audit entries sealed' });
  const webhooks = meter.createCounter('qd_webhooks_total', { description: 'Deliveries of webhooks, by outcome' });
  const events = meter.createCounter('qd_security_events_total', { description: 'Security events raised, by kind' });
  const violations = meter.createCounter('qd_csp_violations_total', {
    description: 'What browsers say that the policy of a page stopped',
  });
  const alone = meter.createGauge('qd_limits_alone', {
    description: 'The store of the limits is away and this node counts for itself: 1, otherwise 0',
  });
  const ending = meter.createGauge('qd_certificate_ending', {
    description: 'The certificate that the center shows ends within 14 days or has ended: 1, otherwise 0',
  });
  const full = meter.createGauge('qd_database_full', {
    description: 'The disk of the database is full and nothing is taken: 1, otherwise 0',
  });
  const leapt = meter.createGauge('qd_clock_leapt', {
    description:
      'The clock has leapt ahead of all that is known of the time, and nothing is removed by it: 1, otherwise 0',
  });
  for (const gauge of [alone, ending, full, leapt]) gauge.record(0);
  for (const counter of [facts, contested, sealed, violations]) counter.add(0);
  for (const kind of Object.keys(SECURITY_KINDS)) events.add(0, { kind });
  stations.record(0);

  const unsealed = meter.createObservableGauge('qd_audit_unsealed_seconds', {
    description: 'How long the oldest audit entry has waited to be sealed',
  });
  const due = meter.createObservableGauge('qd_handoff_due', { description: 'Hand-offs that are due' });
  const oldest = meter.createObservableGauge('qd_handoff_oldest_seconds', {
    description: 'How long the oldest hand-off that is due has waited',
  });
  const open = meter.createObservableGauge('qd_security_events_open', {
    description: 'Security events that nobody has brought to an end',
  });
  const overdue = meter.createObservableGauge('qd_keys_overdue', {
    description: 'Keys that are used beyond their cryptoperiod, by level',
  });
  meter.addBatchObservableCallback(
    async (result) => {
      const now = await gauges().catch(() => null);
      if (now === null) return;
      result.observe(unsealed, now.auditUnsealed);
      result.observe(due, now.handoffDue);
      result.observe(oldest, now.handoffOldest);
      result.observe(open, now.securityOpen);
      for (const [level, count] of Object.entries(now.keysOverdue)) result.observe(overdue, count, { level });
    },
    [unsealed, due, oldest, open, overdue],
  );
  const stopProcess = countProcess(meter);
  const serializer = new PrometheusSerializer(undefined, false, undefined, true, true);
  return {
    answered: (method, route, status, ms) => seconds.record(ms / 1000, { method, route, status: String(status) }),
    taken: (count, against) => {
      facts.add(count);
      contested.add(against);
    },
    stations: (count) => stations.record(count),
    sealed: (entries) => sealed.add(entries),
    webhook: (provider, outcome) => webhooks.add(1, { provider, outcome }),
    securityEvent: (kind) => events.add(1, { kind }),
    heldToPolicy: (times) => violations.add(times),
    limitsAlone: (now) => alone.record(now ? 1 : 0),
    certificateEnds: (soon) => ending.record(soon ? 1 : 0),
    databaseFull: (now) => full.record(now ? 1 : 0),
    clockLeapt: (now) => leapt.record(now ? 1 : 0),
    text: async () => serializer.serialize((await scraped.collect()).resourceMetrics),
    stop: async () => {
      stopProcess();
      await provider.shutdown().catch(() => undefined);
    },
  };
}

/** The process itself: processor, memory, and how long its loop is held up. */
function countProcess(meter: ReturnType<MeterProvider['getMeter']>): () => void {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const cpu = meter.createObservableCounter('qd_process_cpu_seconds_total', { description: 'Processor time used' });
  const memory = meter.createObservableGauge('qd_process_resident_bytes', { description: 'Memory held' });
  const loop = meter.createObservableGauge('qd_process_loop_delay_seconds', {
    description: 'Event loop delay since it was last asked, 99th percentile',
  });
  meter.addBatchObservableCallback(
    (result) => {
      const { user, system } = process.cpuUsage();
      result.observe(cpu, (user + system) / 1e6);
      result.observe(memory, process.memoryUsage.rss());
      result.observe(loop, delay.percentile(99) / 1e9);
      delay.reset();
    },
    [cpu, memory, loop],
  );
  return () => delay.disable();
}

export function withSlash(address: string): string {
  return address.endsWith('/') ? address : `${address}/`;
}
