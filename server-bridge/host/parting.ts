/**
 * Takes what a page says as it ends. A browser may drop what was sent on the socket of a page in its last moment, and delivers a
 * beacon; what comes by one passes the same door as what comes by the socket.
 */
import type { IncomingMessage } from 'node:http';
import { MOST_PARTING_BYTES } from '../../domain/bridge/message.ts';
import type { Refusal } from '../../domain/kernel/refusal.ts';
import { type BridgedStation, serveBridge } from '../bridge/serve.ts';
import { readBody } from './body.ts';

type Answer = (status: number, text: string) => void;

/** A connection for as long as its lines are read, to which nobody listens; what the station would not take, if anything. */
function readOut(body: string, served: BridgedStation): Refusal | null {
  let take: (line: string) => void = () => undefined;
  let end: () => void = () => undefined;
  let refusal: Refusal | null = null;
  serveBridge(
    {
      send: (message) => {
        if (message.t === 'unwelcome' || (message.t === 'result' && !message.ok)) refusal ??= message.refusal;
      },
      backlog: () => 0,
      onMessage: (listener) => {
        take = listener;
      },
      onDrain: () => undefined,
      onClose: (listener) => {
        end = listener;
      },
      close: () => end(),
    },
    served,
  );
  for (const line of body.split('\n')) take(line);
  end();
  return refusal;
}

/**
 * The body is text: a `hello` with the tab's bearer, then what the page says, each a line. Answers 200, 403 with what was not
 * taken and why, or 413.
 */
export function takeParting(served: BridgedStation): (request: IncomingMessage, answer: Answer) => void {
  return (request, answer) =>
    readBody(request, MOST_PARTING_BYTES, (body) => {
      if (body === null) return answer(413, 'This is more than a page says as it ends.');
      const refusal = readOut(body.toString('utf8'), served);
      if (refusal) answer(403, refusal.message);
      else answer(200, 'Taken.');
    });
}
