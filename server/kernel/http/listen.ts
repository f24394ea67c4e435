/** Where the center is heard, or one sentence of why it cannot be. */
import type { AddressInfo } from 'node:net';
import { CenterFailure } from '../db/failure.ts';
import type { createHttp } from './server.ts';

/** Answers with the port. Throws CenterFailure `port.taken`, `port.refused`, `host.unknown`. */
export async function listenAt(
  app: Awaited<ReturnType<typeof createHttp>>,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new CenterFailure(
        'port.taken',
        `Port ${port} is in use; stop what uses it, or choose another with --port (npm start: --center-port).`,
        error,
      );
    }
    if (code === 'EACCES') {
      throw new CenterFailure(
        'port.refused',
        `Port ${port} may not be used by this user; choose one above 1023 with --port.`,
        error,
      );
    }
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new CenterFailure(
        'host.unknown',
        `This machine has no address ${host}; choose another with --host.`,
        error,
      );
    }
    throw error;
  }
  return (app.server.address() as AddressInfo).port;
}
