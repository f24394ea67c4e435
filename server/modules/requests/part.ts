/** The door of requests. */
import { RequestInSchema, RequestOutSchema } from '#domain/wire/sync.ts';
import { route } from '../../kernel/http/route.ts';
import type { CenterPart } from '../../kernel/part.ts';
import { markDue } from '../cad/handoff/worker.ts';
import { type RequestPorts, requestDecider } from './requests.ts';

/** A roster set up at once: 2,000 records with room. */
const LARGEST = 4 * 1_048_576;

export function requestsPart(context: Omit<RequestPorts, 'handoffDue'>): CenterPart {
  const decide = requestDecider({ ...context, handoffDue: markDue });
  return {
    name: 'requests',
    routes: [
      route({
        method: 'POST',
        path: '/v1/requests',
        title: 'Ask for what needs the center’s authority; repeated under its id it gets the same answer',
        access: 'any',
        action: 'by request',
        body: RequestInSchema,
        saidInHeader: 'id',
        output: RequestOutSchema,
        bodyLimit: LARGEST,
        handler: ({ caller, body, request, reason }) => decide(caller, body, request, reason),
      }),
    ],
  };
}
