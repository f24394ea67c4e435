import { writeFileSync } from 'node:fs';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import type { TlsFiles } from '../tls.ts';

/** A certificate of its own authority, for this machine and one name more. Returns the certificate as PEM. */
export async function certificate(name: string, to: TlsFiles, more = 'id.example', days = 90): Promise<string> {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    notBefore: new Date(Date.now() - 100 * 86_400_000),
    notAfter: new Date(Date.now() + days * 86_400_000),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    keys,
    extensions: [
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'dns', value: more },
        { type: 'ip', value: '127.0.0.1' },
      ]),
    ],
  });
  const key = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  const pem = made.toString('pem');
  writeFileSync(to.cert, pem);
  writeFileSync(to.key, x509.PemConverter.encode(key, 'PRIVATE KEY'));
  return pem;
}
