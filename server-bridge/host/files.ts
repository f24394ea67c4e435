/** The built console, from its folder. Only names found in the folder are served. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { MEDIA_TYPES, reportingHeaders } from '../../domain/bridge/page.ts';

/** Where a browser says what of the console's page the policy stopped. The host is on loopback, in clear. */
export const REPORTS_PATH = '/csp-reports';
const SENT = reportingHeaders(REPORTS_PATH, false);

export interface Files {
  /** Answers a GET or HEAD for `path`; 404 for what the folder does not hold. */
  readonly answer: (path: string, head: boolean, response: ServerResponse) => Promise<void>;
}

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

export function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...SENT, 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}

/** `folder` holds `index.html`. Its list is read at the first question and again when a name is not in it (a fresh build). */
export function filesOf(folder: string): Files {
  let names: Promise<ReadonlyMap<string, string>> | null = null;
  const find = async (path: string): Promise<string | undefined> => {
    names ??= listed(folder);
    const known = (await names).get(path);
    if (known !== undefined) return known;
    names = listed(folder);
    return (await names).get(path);
  };
  return {
    answer: async (path, head, response) => {
      const file = await find(path === '/' ? '/index.html' : path);
      const size = file === undefined ? undefined : await stat(file).catch(() => undefined);
      if (file === undefined || size === undefined) {
        return say(response, 404, path === '/' ? 'The console is not built here: run "npm run build".' : 'Not here.');
      }
      response.writeHead(200, {
        ...SENT,
        'content-type': MEDIA_TYPES[extname(file)] ?? 'application/octet-stream',
        'content-length': size.size,
      });
      if (head) return void response.end();
      createReadStream(file)
        .once('error', () => response.destroy())
        .pipe(response);
    },
  };
}
