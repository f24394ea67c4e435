/**
 * Brings a store to this build's schema. Each migration is one transaction that also moves `user_version`, so a process
 * killed anywhere leaves the schema before or the one after, never one between.
 */
import type { Sqlite } from '../file/database.ts';
import { first } from './001-first.ts';
import { bases } from './002-bases.ts';
import { pending } from './003-pending.ts';
import { behind } from './004-behind.ts';
import { recordsAbout } from './005-records-about.ts';

/** In order; a migration that has landed is never edited, the next number amends it. */
const MIGRATIONS: readonly string[] = [first, bases, pending, behind, recordsAbout];
export const SCHEMA_VERSION = MIGRATIONS.length;
/** `QDST`: tells a store from any other SQLite file. */
const APPLICATION_ID = 0x51445354;

export function schemaVersion(raw: Sqlite): number {
  return raw.pragma('user_version', { simple: true }) as number;
}

/** Runs what is lacking, up to `to`. `between` is called before every statement (the kill test ends the process there). */
export function migrate(
  raw: Sqlite,
  to = SCHEMA_VERSION,
  between: (statement: string) => void = () => undefined,
): void {
  for (let version = schemaVersion(raw); version < to; version++) {
    const script = MIGRATIONS[version] as string;
    raw.exec('BEGIN IMMEDIATE');
    try {
      for (const statement of statementsOf(script)) {
        between(statement);
        raw.exec(statement);
      }
      raw.pragma(`application_id=${APPLICATION_ID}`);
      raw.pragma(`user_version=${version + 1}`);
      between('COMMIT');
      raw.exec('COMMIT');
    } catch (error) {
      if (raw.inTransaction) raw.exec('ROLLBACK');
      throw error;
    }
  }
}

/** Splits a script at the semicolons that end a line; migrations hold no other. */
function statementsOf(script: string): string[] {
  return script
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement.length > 0);
}
