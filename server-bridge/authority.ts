/** The authority whose certificates this workstation takes of its center, where that is one of the operator's own. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { done, type Outcome, refused } from '../domain/kernel/refusal.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Its certificates as PEM, and nothing else of the file. Refusal `authority.unreadable`. */
export function readAuthority(file: string): Outcome<string> {
  try {
    const certificates = readFileSync(file, 'utf8').match(CERTIFICATE) ?? [];
    for (const one of certificates) new X509Certificate(one);
    if (certificates.length > 0) return done(`${certificates.join('\n')}\n`);
  } catch {
    // Said below: not there, not readable, or none.
  }
  return refused(
    'authority.unreadable',
    '--center-ca names no file with certificates in PEM that can be read: it is the certificate of the authority, not the center’s key.',
  );
}
