/** What the center tells Prometheus. Labels are names of the product's own: never an organisation's or a person's. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  readonly answered: (method: string, route: string, status: number, ms: number) => void;
  readonly taken: (facts: number, contested: number) => void;
  readonly stations: (count: number) => void;
  readonly sealed: (entries: number) => void;
  readonly text: () => Promise<string>;
}

export function createMetrics(): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register, prefix: 'qd_' });
  const seconds = new Histogram({
    name: 'qd_http_seconds',
    help: 'How long answers took',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [register],
  });
  const facts = new Counter({ name: 'qd_facts_total', help: 'Facts taken', registers: [register] });
  const contested = new Counter({ name: 'qd_facts_contested_total', help: 'Facts contested', registers: [register] });
  const stations = new Gauge({ name: 'qd_stations_live', help: 'Stations on the live channel', registers: [register] });
  const sealed = new Counter({ name: 'qd_audit_sealed_total', help: 'Audit entries sealed', registers: [register] });
  return {
    answered: (method, route, status, ms) => seconds.observe({ method, route, status: String(status) }, ms / 1000),
    taken: (count, against) => {
      facts.inc(count);
      contested.inc(against);
    },
    stations: (count) => stations.set(count),
    sealed: (entries) => sealed.inc(entries),
    text: () => register.metrics(),
  };
}
