/** The center's own page, from the folder it was built into. Only names found in the folder are served. */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { MEDIA_TYPES, reportingHeaders } from '#domain/bridge/page.ts';
import { COMPRESSION } from './compression.ts';
import { REPORTS_PATH } from './policy-reports.ts';
import { Problem } from './problem.ts';

const PAGE = '/center.html';
/** What the build names by a hash of its content. */
const NEVER_CHANGES = /^\/assets\//;

export const BUILT_PAGES = join(import.meta.dirname, '..', '..', '..', 'dist', 'center');

async function listed(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = names.filter((entry) => entry.isFile() && MEDIA_TYPES[extname(entry.name)] !== undefined);
  return new Map(
    files.map((entry) => {
      const full = join(entry.parentPath, entry.name);
      return [`/${relative(folder, full).split(sep).join('/')}`, full];
    }),
  );
}

/**
 * Every address that is neither the API's nor a file's shows the page, which finds out itself what to show there. The
 * folder is listed at the first question and again when a name is not in it (a fresh build).
 */
export function addOwnPage(app: FastifyInstance, folder: string): void {
  let names: Promise<ReadonlyMap<string, string>> | null = null;
  const find = async (path: string): Promise<string | undefined> => {
    names ??= listed(folder);
    const known = (await names).get(path);
    if (known !== undefined) return known;
    names = listed(folder);
    return (await names).get(path);
  };
  const send = async (reply: FastifyReply, path: string, https: boolean): Promise<FastifyReply | null> => {
    const file = await find(path);
    const bytes = file === undefined ? undefined : await readFile(file).catch(() => undefined);
    if (file === undefined || bytes === undefined) return null;
    reply.headers(reportingHeaders(REPORTS_PATH, https)).type(MEDIA_TYPES[extname(file)] ?? 'application/octet-stream');
    if (NEVER_CHANGES.test(path)) reply.header('cache-control', 'public, max-age=31536000, immutable');
    return reply.send(bytes);
  };

  app.route({
    method: ['GET', 'HEAD'],
    url: '/*',
    compress: COMPRESSION,
    handler: async (request, reply) => {
      const { '*': rest } = request.params as { readonly '*': string };
      const path = `/${rest}`;
      const isPage = path !== PAGE && extname(path) === '' && !path.startsWith('/v1/');
      const sent = await send(reply, isPage ? PAGE : path, request.protocol === 'https');
      if (sent) return sent;
      if (path === '/') {
        throw new Problem(404, 'page.unbuilt', 'The center’s own page is not built here: run "npm run build".');
      }
      return reply.callNotFound();
    },
  });
}
