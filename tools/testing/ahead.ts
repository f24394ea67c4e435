/**
 * What is measured against a bound goes before the machine's other work, where the system lets us (a superuser, on Linux with
 * every thread): the bound is of what the product needs, and not of what its neighbours take meanwhile. Where it does not,
 * nothing is changed.
 */
import { getPriority, setPriority } from 'node:os';
import { numbersIn, parentOf } from '../processes.ts';

const BEFORE_OTHERS = -10;

/** A process that has just been started, and whatever it starts. */
export function goesAhead(pid: number | undefined): void {
  if (pid !== undefined) put(pid, BEFORE_OTHERS);
}

/** Everything that this process has started and that runs by now, for as long as `measure` takes. */
export async function ahead<T>(measure: () => Promise<T>): Promise<T> {
  const threads = [process.pid, ...startedBy(process.pid)].flatMap(threadsOf);
  const before = threads.map((thread) => [thread, priorityOf(thread)] as const);
  for (const thread of threads) put(thread, BEFORE_OTHERS);
  try {
    return await measure();
  } finally {
    for (const [thread, priority] of before) if (priority !== null) put(thread, priority);
  }
}

function put(thread: number, priority: number): void {
  try {
    setPriority(thread, priority);
  } catch {
    // It has ended, or we may not: then it runs as it did.
  }
}

function priorityOf(thread: number): number | null {
  try {
    return getPriority(thread);
  } catch {
    return null;
  }
}

const threadsOf = (pid: number): number[] => numbersIn(`/proc/${pid}/task`);

function startedBy(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const pid of numbersIn('/proc')) {
    const parent = parentOf(pid);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const below = (pid: number): number[] => (children.get(pid) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(root);
}
