import type { ChildProcess } from 'node:child_process';

/** The next message of a process that was asked something; rejects when it ends instead. */
export function answer<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`The process asked ended with code ${code}.`));
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message as T);
    });
    child.once('exit', ended);
  });
}
