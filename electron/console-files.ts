/** Serves the built console under its own scheme, with its policy on every answer. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { protocol } from 'electron';
import { SECURITY_HEADERS } from '../domain/bridge/page.ts';
import { assetOf, SCHEME } from './address.ts';

/** Before the application is ready: a scheme that counts as secure and has origins, and may bypass nothing. */
export function nameScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

export function serveConsole(folder: string): void {
  protocol.handle(SCHEME, async (request) => {
    const asset = request.method === 'GET' ? assetOf(request.url) : null;
    const bytes = asset && (await readFile(join(folder, asset.path)).catch(() => null));
    if (!asset || !bytes) return new Response('Not here.\n', { status: 404, headers: { ...SECURITY_HEADERS } });
    return new Response(new Uint8Array(bytes), { headers: { ...SECURITY_HEADERS, 'content-type': asset.type } });
  });
}
