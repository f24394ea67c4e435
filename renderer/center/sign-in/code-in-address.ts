/** The code that an invitation or a reset puts behind the `#`. */

export interface CodeInAddress {
  readonly for: 'invitation' | 'reset';
  readonly code: string;
}

/** Pure. */
function codeIn(hash: string): CodeInAddress | null {
  const parts = /^#\/(invitation|reset)\/([^/]+)$/.exec(hash);
  if (!parts?.[1] || !parts[2]) return null;
  return { for: parts[1] === 'reset' ? 'reset' : 'invitation', code: decodeURIComponent(parts[2]) };
}

/** Takes it out of the address, so that nobody who looks there later finds it. */
export function takeCode(): CodeInAddress | null {
  const found = codeIn(window.location.hash);
  if (found) window.history.replaceState(null, '', window.location.pathname);
  return found;
}
