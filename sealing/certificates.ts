/** Certificates in PEM, as an operator's authority comes in a file. */
import { X509Certificate } from 'node:crypto';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Those of a text and nothing else of it, one after the other; null where there is none, or one that cannot be read. */
export function certificatesIn(text: string): string | null {
  const certificates = text.match(CERTIFICATE) ?? [];
  try {
    for (const one of certificates) new X509Certificate(one);
  } catch {
    return null;
  }
  return certificates.length === 0 ? null : `${certificates.join('\n')}\n`;
}

const NOT_TAKEN =
  /^(CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|ERR_TLS_CERT_ALTNAME|INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH)/;

/** Whether the code of an error is what OpenSSL says of a certificate that is not taken. */
export function isOfCertificate(code: unknown): boolean {
  return NOT_TAKEN.test(String(code ?? ''));
}
