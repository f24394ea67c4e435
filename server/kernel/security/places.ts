/**
 * Where addresses are, from a file of the operator's: `network,longitude,latitude` a line, as geolocation databases are
 * published. Without one nobody's place is known, and no travel is judged.
 */
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import type { Place } from '#domain/identity/detection.ts';
import { CenterFailure } from '../db/failure.ts';

export type PlaceOf = (address: string) => Place | null;

export const NOWHERE_KNOWN: PlaceOf = () => null;

const LineSchema = z.tuple([
  z.string().min(2),
  z.coerce.number().min(-180).max(180),
  z.coerce.number().min(-90).max(90),
]);

interface Network {
  readonly bytes: readonly number[];
  readonly bits: number;
  readonly place: Place;
}

/** Throws CenterFailure `places.unreadable`, `places.line` naming the line. */
export async function readPlaces(file: string): Promise<PlaceOf> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new CenterFailure('places.unreadable', `The file ${file} of QD_ADDRESS_PLACES cannot be read.`, error);
  }
  const rows: unknown[] = parse(text, { trim: true, skip_empty_lines: true, comment: '#', relax_column_count: true });
  return placesFrom(rows.map((row, i) => networkOf(row, `line ${i + 1} of ${file}`)));
}

function networkOf(row: unknown, where: string): Network {
  const line = LineSchema.safeParse(row);
  try {
    if (line.success) {
      const [network, longitude, latitude] = line.data;
      const [address, bits] = ipaddr.parseCIDR(network);
      return { bytes: address.toByteArray(), bits, place: [longitude, latitude] };
    }
  } catch {
    // Said below, with the line.
  }
  throw new CenterFailure('places.line', `At ${where} there has to be network,longitude,latitude.`);
}

/** The narrowest network that holds an address names its place. */
function placesFrom(networks: readonly Network[]): PlaceOf {
  const byBits = new Map<string, Place>();
  const widths = new Set<string>();
  for (const { bytes, bits, place } of networks) {
    byBits.set(keyOf(bytes, bits), place);
    widths.add(`${bytes.length}/${bits}`);
  }
  const narrowest = [...widths]
    .map((width) => width.split('/').map(Number) as [number, number])
    .sort((a, b) => b[1] - a[1]);
  return (text) => {
    if (!ipaddr.isValid(text)) return null;
    const bytes = ipaddr.process(text).toByteArray();
    for (const [length, bits] of narrowest) {
      if (length !== bytes.length) continue;
      const place = byBits.get(keyOf(bytes, bits));
      if (place) return place;
    }
    return null;
  };
}

function keyOf(bytes: readonly number[], bits: number): string {
  const kept = bytes.map((byte, i) => byte & (0xff << Math.max(0, Math.min(8, 8 * (i + 1) - bits))) & 0xff);
  return `${bytes.length}|${bits}|${kept.join('.')}`;
}
