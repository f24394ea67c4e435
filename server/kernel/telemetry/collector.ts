/** How the center shows an OTLP collector who it is. */
import { readFile } from 'node:fs/promises';
import { CenterFailure } from '../db/failure.ts';

/** Headers to go with what is sent, as they are by then. */
export type CollectorHeaders = () => Promise<Record<string, string>>;

const MOST_BYTES = 16 * 1024;
/** A header's name (RFC 9110, 5.1) and a value of printable ASCII. */
const LINE = /^([\w!#$%&'*+.^`|~-]{1,100}):[ \t]*([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)[ \t]*$/;

/**
 * `file`: lines of `NAME: VALUE`, such as `Authorization: Bearer …`. It is read anew for each sending, so that an agent may renew
 * what it holds; one that cannot be read by then leaves those of before.
 * Throws CenterFailure `otlp.headers` where it cannot be read at the start, with the line and never with what is in it.
 */
export async function collectorHeaders(file: string): Promise<CollectorHeaders> {
  let held = await headersIn(file);
  return async () => {
    held = await headersIn(file).catch(() => held);
    return { ...held };
  };
}

async function headersIn(file: string): Promise<Record<string, string>> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null || text.length > MOST_BYTES)
    throw unreadable('names no file that the center may read, of 16 KiB at most');
  const headers: Record<string, string> = {};
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const [, name, value] = LINE.exec(line) ?? [];
    if (name === undefined || value === undefined)
      throw unreadable(`names a file whose line ${i + 1} is no NAME: VALUE`);
    headers[name] = value;
  }
  if (Object.keys(headers).length === 0) throw unreadable('names a file with nothing in it');
  return headers;
}

function unreadable(why: string): CenterFailure {
  return new CenterFailure(
    'otlp.headers',
    `QD_OTLP_HEADERS ${why}; write what the collector asks for in it, such as Authorization: Bearer TOKEN.`,
  );
}
