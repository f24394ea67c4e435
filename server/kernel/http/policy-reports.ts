/** Where browsers say what of the center's own page its policy stopped. Anybody can: it is counted and logged, and nothing else. */

import { z } from 'zod';
import {
  fewAMinute,
  isReportType,
  MOST_A_MINUTE,
  MOST_REPORT_BYTES,
  type PolicyViolation,
  REPORT_TYPES,
  readPolicyReports,
} from '#domain/bridge/policy-reports.ts';
import type { Clock } from '#domain/kernel/ids.ts';
import { jsonOf } from '#sealing/json-bytes.ts';
import { isOthersPage } from './network.ts';
import { Problem } from './problem.ts';
import { type Delivery, type Route, route } from './route.ts';

export const REPORTS_PATH = '/v1/csp-reports';

export interface PolicyReportPorts {
  readonly clock: Clock;
  readonly counted: (times: number) => void;
  readonly logged: (violation: PolicyViolation) => void;
}

export function policyReportRoutes({ clock, counted, logged }: PolicyReportPorts): readonly Route[] {
  // Whoever sends them, and from however many addresses.
  const mayLog = fewAMinute(clock);
  return [
    route({
      method: 'POST',
      path: REPORTS_PATH,
      title: 'What of a page its policy stopped, as a browser tells it (report-uri, report-to)',
      access: 'public',
      raw: true,
      bodyLimit: MOST_REPORT_BYTES,
      perMinute: MOST_A_MINUTE,
      output: z.strictObject({ taken: z.int() }),
      handler: async ({ delivery }) => {
        const violations = reportedBy(delivery);
        counted(violations.length);
        for (const violation of violations) if (mayLog()) logged(violation);
        return { taken: violations.length };
      },
    }),
  ];
}

/** Throws Problem where it is no report of a browser about a page of the center's own. */
function reportedBy(delivery: Delivery | null): readonly PolicyViolation[] {
  if (delivery === null) throw new Error('the route of reports takes what came as it is');
  if (isOthersPage({ 'sec-fetch-site': delivery.header('sec-fetch-site') }))
    throw new Problem(403, 'page.foreign', 'Pages of other sites report to their own.');
  if (!isReportType(delivery.header('content-type') ?? undefined))
    throw new Problem(415, 'body.type', `Send a report of a browser, with content-type ${REPORT_TYPES.join(' or ')}.`);
  const violations = readPolicyReports(jsonOf(delivery.body));
  if (violations === null)
    throw new Problem(400, 'report.invalid', 'The body is no report of a content security policy.');
  return violations;
}
