/** The door of the station: nothing that a window sends passes it unchecked. */
import { CALLS, type CallName } from '../../domain/bridge/calls.ts';
import { MAX_BRIDGE_MESSAGE, type ToStation, ToStationSchema } from '../../domain/bridge/message.ts';
import { done, type Outcome, refusalOf, refused } from '../../domain/kernel/refusal.ts';
import { objectionTo } from './text.ts';

/** Of a message that could not be read: which question it was, as far as its beginning tells. */
export interface Unread {
  readonly id: number | null;
  readonly outcome: ReturnType<typeof refused>;
}

function idIn(text: string): number | null {
  const id = /"id"\s*:\s*(-?\d{1,15})/.exec(text.slice(0, 200))?.[1];
  return id === undefined ? null : Number(id);
}

function idOf(value: unknown): number | null {
  const id = (value as { id?: unknown } | null | undefined)?.id;
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : null;
}

/**
 * Reads a message, text (WebSocket) or value (MessagePort). Refusals: `message.too_large`, `message.unreadable`,
 * `message.invalid`. Never throws.
 */
export function readMessage(raw: unknown): { readonly message: ToStation } | Unread {
  let value = raw;
  if (typeof raw === 'string') {
    if (raw.length > MAX_BRIDGE_MESSAGE) {
      const says = `The message is too large: at most ${MAX_BRIDGE_MESSAGE} characters.`;
      return { id: idIn(raw), outcome: refused('message.too_large', says) };
    }
    try {
      value = JSON.parse(raw);
    } catch {
      return { id: null, outcome: refused('message.unreadable', 'The message is not JSON.') };
    }
  }
  const parsed = ToStationSchema.safeParse(value);
  if (parsed.success) return { message: parsed.data };
  return { id: idOf(value), outcome: refused('message.invalid', 'The message is none that a window may send.') };
}

/** A call's input as its declaration has it, or why not, naming the field. Never throws and never echoes the value. */
export function checkCall(name: string, input: unknown): Outcome<{ name: CallName; input: unknown }> {
  if (!Object.hasOwn(CALLS, name)) return refused('call.unknown', 'There is no such call.', 'name');
  const objection = objectionTo(input);
  if (objection) return { ok: false, refusal: objection };
  const parsed = CALLS[name as CallName].input.safeParse(input);
  if (!parsed.success) return { ok: false, refusal: refusalOf(parsed.error) };
  return done({ name: name as CallName, input: parsed.data });
}
