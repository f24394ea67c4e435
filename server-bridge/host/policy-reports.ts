/** Takes what a browser tells of the console's page that was held to its policy: said once, and nothing of whom it was about. */

import type { IncomingMessage } from 'node:http';
import { fewAMinute, isReportType, MOST_REPORT_BYTES, readPolicyReports } from '../../domain/bridge/policy-reports.ts';
import type { Clock } from '../../domain/kernel/ids.ts';
import { jsonOf } from '../../sealing/json-bytes.ts';
import type { BridgedStation } from '../bridge/serve.ts';
import { readBody } from './body.ts';

type Answer = (status: number, text: string) => void;

export function takeReports(
  fault: BridgedStation['fault'],
  clock: Clock,
): (request: IncomingMessage, answer: Answer) => void {
  const mayBeHeard = fewAMinute(clock);
  const take = (body: Buffer, answer: Answer): void => {
    const violations = readPolicyReports(jsonOf(body));
    for (const { directive, blocked, at } of violations ?? [])
      fault(`the console was held to its policy, ${directive}, ${blocked}${at === null ? '' : `, ${at}`}`, undefined);
    if (violations === null) answer(400, 'This is no report of a content security policy.');
    else answer(200, 'Taken.');
  };
  return (request, answer) => {
    if (!isReportType(request.headers['content-type']))
      return answer(415, 'Only reports of a content security policy.');
    if (!mayBeHeard()) return answer(429, 'This is more than is heard in a minute.');
    readBody(request, MOST_REPORT_BYTES, (body) => {
      if (body === null) answer(413, 'This is more than a report may be.');
      else take(body, answer);
    });
  };
}
