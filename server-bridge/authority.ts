/** The authority whose certificates this workstation takes of its center, where that is one of the operator's own. */
import { readFileSync } from 'node:fs';
import { done, type Outcome, refused } from '../domain/kernel/refusal.ts';
import { certificatesIn } from '../sealing/certificates.ts';

/** Its certificates as PEM, and nothing else of the file. Refusal `authority.unreadable`. */
export function readAuthority(file: string): Outcome<string> {
  let found: string | null = null;
  try {
    found = certificatesIn(readFileSync(file, 'utf8'));
  } catch {
    // Not there, or not to be read: said below.
  }
  if (found !== null) return done(found);
  return refused(
    'authority.unreadable',
    '--center-ca names no file with certificates in PEM that can be read: it is the certificate of the authority, not the center’s key.',
  );
}
