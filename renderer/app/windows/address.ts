/** What a window's address says: the one-time token, and the panel it shows where it is a torn-off one. Pure. */
export interface WindowAddress {
  readonly token: string | undefined;
  readonly panel: string | null;
}

/** Reads `#token`, `#token=…`, `#panel=…&token=…`. */
export function readAddress(hash: string): WindowAddress {
  const bare = hash.replace(/^#/, '');
  if (!bare.includes('=')) return { token: bare || undefined, panel: null };
  const said = new URLSearchParams(bare);
  return { token: said.get('token') ?? undefined, panel: said.get('panel') };
}

/** The fragment that stays in the address bar: without the token. */
export function keptFragment(address: WindowAddress): string {
  return address.panel === null ? '' : `#${new URLSearchParams({ panel: address.panel })}`;
}
