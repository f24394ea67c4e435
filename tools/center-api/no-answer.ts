import { isOfCertificate } from '../../sealing/certificates.ts';

/** Why `fetch` has no answer of the center at `address`, with the way out, in one sentence: it says itself no more than that it failed. */
export function noAnswerFrom(address: string, error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError')
    return `${address} took too long to answer; ask it again.`;
  const code = error instanceof Error ? (error.cause as { readonly code?: unknown } | undefined)?.code : undefined;
  if (isOfCertificate(code)) {
    return `What answers at ${address} shows a certificate that this machine does not take (${code}): name your own authority by NODE_EXTRA_CA_CERTS=FILE, or the center by a name that its certificate has, with --center.`;
  }
  return `There is no answer from ${address}${code === undefined ? '' : ` (${code})`}: see that the center runs, or name another with --center.`;
}
