/** What was last said back, and the question that stands in the command line. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { type Decision, type Rule, reasonsOf } from '#domain/kernel/decision.ts';

export interface Echo {
  readonly at: number;
  readonly ok: boolean;
  readonly said: string;
  /** What a gate warned of; empty where none did. */
  readonly warned: string;
}

export interface Question {
  readonly asks: string;
  readonly reasons: readonly string[];
  readonly confirm: () => void;
  /** It came while somebody typed something else: it takes neither their focus nor the Enter that ends that. */
  readonly late: boolean;
}

interface EchoState {
  readonly last: Echo | null;
  readonly question: Question | null;
}

const store = createStore<EchoState>(() => ({ last: null, question: null }));

export const echo = (ok: boolean, said: string, at: number, warned = ''): void =>
  store.setState({ last: { at, ok, said, warned } });
export const ask = (question: Question | null): void => store.setState({ question });
/** Somebody else sits there: what was said to another is not theirs, nor is a question theirs to confirm. */
export const forgetSaid = (): void => store.setState({ last: null, question: null });
/** Whoever is at the question now has it before their eyes. */
export const questionSeen = (): void =>
  store.setState(({ question }) => (question?.late ? { question: { ...question, late: false } } : {}));
export const questionNow = (): Question | null => store.getState().question;
/** What was asked is not answered by the Enter of another line. */
export const dropQuestion = (): void => {
  if (questionNow()) ask(null);
};
export function useEcho(): EchoState {
  return useStore(store);
}

/** What was warned of with what was done; empty where nothing was. */
export const warningOf = (warned: Decision | undefined): string => (warned ? reasonsOf(warned) : '');

/** The question that a refusal with a decision puts, in one line; what the refusal says itself is not said again. */
export function questionOf(message: string, decision: Decision | undefined): Pick<Question, 'asks' | 'reasons'> {
  const reasons = (decision?.rules ?? []).filter((rule) => rule.verdict !== 'ALLOW').map((rule) => rule.reason);
  return { asks: message, reasons: reasons.filter((reason) => !message.includes(reason)) };
}

/** What a question showed, for the call that is made once it was confirmed. */
export const shownIn = (decision: Decision | undefined): { readonly confirmed?: Rule[] } =>
  decision ? { confirmed: [...decision.rules] } : {};
