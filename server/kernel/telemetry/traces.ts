/**
 * Traces over OTLP. A span says what was done and how long it took: the route as declared, never an address with ids; counts,
 * never content. Without a collector nothing is recorded, and no span is made.
 */
import { type Context, context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { CollectorHeaders } from './collector.ts';
import { withSlash } from './metrics.ts';
import { RESOURCE } from './resource.ts';

/** There is a collector to send to. */
let sending = false;

const tracer = () => trace.getTracer('quantum-dispatch');

/** Sends the traces of this process to an OTLP/HTTP collector from now on, `authority` and `headers` as for its figures. Returns how to end, which sends what is left. */
export function sendTraces(
  otlp: string,
  authority: string | null = null,
  headers: CollectorHeaders | null = null,
): () => Promise<void> {
  const exporter = new OTLPTraceExporter({
    url: new URL('v1/traces', withSlash(otlp)).href,
    ...(authority === null ? {} : { httpAgentOptions: { ca: authority } }),
    ...(headers === null ? {} : { headers }),
  });
  const provider = new TracerProvider({ resource: RESOURCE, spanProcessors: [new BatchSpanProcessor({ exporter })] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  sending = true;
  return async () => {
    sending = false;
    await provider.shutdown().catch(() => undefined);
    trace.disable();
    context.disable();
    propagation.disable();
  };
}

/** The span of one call that came in, a child of the caller's where its `traceparent` says so; null without a collector. */
export function beginCall(
  method: string,
  routeOf: () => string,
  headers: { readonly [name: string]: unknown },
): { readonly within: Context; readonly span: Span } | null {
  if (!sending) return null;
  const route = routeOf();
  const parent = propagation.extract(context.active(), { traceparent: headers.traceparent });
  const attributes = { 'http.request.method': method, 'http.route': route };
  const span = tracer().startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent);
  return { span, within: trace.setSpan(parent, span) };
}

export function endCall(span: Span, status: number): void {
  span.setAttribute('http.response.status_code', status);
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** Runs `work` as a span of its own, under the one that is running. */
export function traced<T>(
  name: string,
  attributes: { readonly [name: string]: number | string | boolean },
  work: () => Promise<T>,
): Promise<T> {
  if (!sending) return work();
  return tracer().startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work();
    } catch (error) {
      // Named by its kind: a message may carry a value.
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'unknown' });
      throw error;
    } finally {
      span.end();
    }
  });
}
