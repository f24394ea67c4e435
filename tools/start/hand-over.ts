/**
 * An address with a secret in it, given to a browser that some program opens: every user of a machine reads what programs are
 * started with. So a page that only its owner reads goes on to the address, and the program is given the page.
 */
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface HandedOver {
  /** Of the page; says nothing of the address. */
  readonly page: string;
  /** Takes it away. */
  readonly leave: () => void;
}

const PREFIX = 'window-';
const ESCAPES: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Makes the page in a folder of its own within `data`. Throws where nothing can be written there. */
export function handOver(data: string, address: string): HandedOver {
  const folder = mkdtempSync(join(data, PREFIX));
  const leave = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    chmodSync(folder, 0o700);
    const page = join(folder, 'open.html');
    writeFileSync(page, pageOf(address), { mode: 0o600, flag: 'wx' });
    return { page: pathToFileURL(page).href, leave };
  } catch (error) {
    leave();
    throw error;
  }
}

/** Takes away what a start left that was killed. */
export function leftOver(data: string): void {
  for (const name of readdirSync(data)) {
    if (name.startsWith(PREFIX)) rmSync(join(data, name), { recursive: true, force: true });
  }
}

function pageOf(address: string): string {
  const to = address.replace(/[&<>"]/g, (character) => ESCAPES[character] as string);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${to}">
<title>The console opens</title>
<p><a href="${to}">Open the console</a></p>
</html>
`;
}
