/** What a process said last. Pure but for the stream that it reads. */
import type { EventEmitter } from 'node:events';
import { StringDecoder } from 'node:string_decoder';

/** Its end may be heard before all that it said was read. ms */
const READ_WITHIN_MS = 300;
const KEPT = 8_192;

export interface LastWords {
  /** Asked once the process has ended: its last line with something in it, empty where it said nothing. */
  readonly line: () => Promise<string>;
}

/** @param take every piece of text as it comes */
export function lastWordsOf(stream: EventEmitter | null, take: (text: string) => void): LastWords {
  const decoder = new StringDecoder('utf8');
  let tail = '';
  stream?.on('data', (chunk: Buffer) => {
    const text = decoder.write(chunk);
    tail = (tail + text).slice(-KEPT);
    take(text);
  });
  const read = new Promise<void>((resolve) => {
    stream?.once('end', () => resolve());
    stream?.once('close', () => resolve());
  });
  return {
    line: async () => {
      if (stream) {
        await Promise.race([read, new Promise<void>((resolve) => setTimeout(resolve, READ_WITHIN_MS))]);
      }
      const lines = tail.trimEnd().split(/[\r\n]/);
      return (lines.at(-1) ?? '').trim();
    },
  };
}
