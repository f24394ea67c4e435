/**
 * What a browser tells of a page that it held to its policy (Content Security Policy Level 3, 5.5): in a body of its own by
 * `report-uri`, or with others of the Reporting API by `report-to`. Anybody can send one. Nothing of it is kept that could hold
 * what people typed or whom a page was about: no query, no sample of a script, no path beyond the name of a screen.
 */
import { z } from 'zod';
import type { Clock } from '../kernel/ids.ts';

/** The most that one body of reports may hold, bytes; and the most reports of it that are looked at. */
export const MOST_REPORT_BYTES = 16 * 1024;
const MOST_REPORTS = 20;
/** As `report-uri` and `report-to` send them. Other sites' forms and pages can send neither type unasked. */
export const REPORT_TYPES: readonly string[] = ['application/csp-report', 'application/reports+json'];
/** How many are heard a minute: a page at fault reports again and again, and the first few say as much. */
export const MOST_A_MINUTE = 60;
const MINUTE_MS = 60_000;

/** Whether a `content-type` header names one of {@link REPORT_TYPES}. */
export function isReportType(header: string | undefined): boolean {
  return REPORT_TYPES.includes(header?.split(';')[0]?.trim().toLowerCase() ?? '');
}

/** True for the first {@link MOST_A_MINUTE} times that it is asked within a minute of the clock. */
export function fewAMinute(clock: Clock): () => boolean {
  let minute = 0;
  let times = 0;
  return () => {
    const now = Math.floor(clock() / MINUTE_MS);
    if (now !== minute) [minute, times] = [now, 0];
    return times++ < MOST_A_MINUTE;
  };
}

export interface PolicyViolation {
  /** Which directive of the policy held: `script-src-elem`. */
  readonly directive: string;
  /** `inline`, `eval`, a scheme (`data`) or an origin (`https://elsewhere.example`). */
  readonly blocked: string;
  /** The screen that it came up on: `/people`. */
  readonly page: string;
  /** Where in the page's own code: a file of its build and a line; null where it was none. */
  readonly at: string | null;
}

const Text = z.string().max(MOST_REPORT_BYTES);
const Line = z.int().min(0).max(10_000_000);
/** Browsers send more, and each some of its own. */
const ByUriSchema = z.object({
  'csp-report': z.object({
    'document-uri': Text,
    'effective-directive': Text.optional(),
    'violated-directive': Text.optional(),
    'blocked-uri': Text.optional(),
    'source-file': Text.nullish(),
    'line-number': Line.nullish(),
  }),
});
const ReportsSchema = z.array(z.object({ type: z.string(), body: z.unknown() }));
const ReportedSchema = z.object({
  documentURL: Text,
  effectiveDirective: Text,
  blockedURL: Text.nullish(),
  sourceFile: Text.nullish(),
  lineNumber: Line.nullish(),
});

const DIRECTIVE =
  /^(?:(?:script|style)-src(?:-elem|-attr)?|(?:default|img|font|connect|media|frame|child|object|worker|manifest)-src|base-uri|form-action|frame-ancestors|trusted-types|require-trusted-types-for)$/;

/** `given`: the body's JSON. Null where it is no body of reports; reports of other kinds in it are passed over. */
export function readPolicyReports(given: unknown): readonly PolicyViolation[] | null {
  const byUri = ByUriSchema.safeParse(given);
  if (byUri.success) {
    const report = byUri.data['csp-report'];
    return [
      {
        directive: directiveOf(report['effective-directive'] ?? report['violated-directive'] ?? ''),
        blocked: blockedOf(report['blocked-uri'] ?? ''),
        page: screenOf(report['document-uri']),
        at: placeOf(report['source-file'], report['line-number']),
      },
    ];
  }
  const reports = ReportsSchema.safeParse(given);
  if (!reports.success) return null;
  const found: PolicyViolation[] = [];
  for (const { type, body } of reports.data.slice(0, MOST_REPORTS)) {
    if (type !== 'csp-violation') continue;
    const reported = ReportedSchema.safeParse(body);
    if (!reported.success) return null;
    const { documentURL, effectiveDirective, blockedURL, sourceFile, lineNumber } = reported.data;
    found.push({
      directive: directiveOf(effectiveDirective),
      blocked: blockedOf(blockedURL ?? ''),
      page: screenOf(documentURL),
      at: placeOf(sourceFile, lineNumber),
    });
  }
  return found;
}

function directiveOf(text: string): string {
  const [name = ''] = text.split(' ');
  return DIRECTIVE.test(name) ? name : 'other';
}

/** As an address begins, without who signs in there: `https://host:port`. */
const ORIGIN =
  /^([a-z][a-z0-9+-]{0,20}:\/\/)(?:[^/?#@\\]*@)?([a-z0-9.-]{1,100}|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?(?=[/?#]|$)/i;

function blockedOf(text: string): string {
  if (/^(?:inline|eval|wasm-eval|self|trusted-types-policy|trusted-types-sink)$/.test(text)) return text;
  const [, scheme = '', host = '', port = ''] = ORIGIN.exec(text) ?? [];
  if (host !== '') return `${scheme}${host}${port}`.toLowerCase();
  // Chromium names `data:` and `blob:` by the scheme alone, others with what comes after.
  return /^([a-z][a-z0-9+-]{0,20})(?::|$)/.exec(text)?.[1] ?? 'other';
}

function pathOf(address: string): string {
  const origin = ORIGIN.exec(address)?.[0] ?? '';
  return address.slice(origin.length).split(/[?#]/)[0] ?? '';
}

/** Names of screens are words; what else stands in a path may be a person's name or a call's number. */
function screenOf(address: string): string {
  const [, first = ''] = pathOf(address).split('/');
  if (first === '') return '/';
  return /^[a-z]+(?:-[a-z]+){0,3}$/.test(first) && first.length <= 30 ? `/${first}` : '/…';
}

function placeOf(source: string | null | undefined, line: number | null | undefined): string | null {
  const path = pathOf(source ?? '');
  return /^\/assets\/[\w.-]{1,80}$/.test(path) ? `${path}:${line ?? 0}` : null;
}
