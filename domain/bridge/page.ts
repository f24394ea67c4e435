/** How the console's page is served, by the loopback host and by the desktop shell alike. */

/**
 * The policy of every answer. Styles that code sets on elements (`style` through the DOM) need no allowance; nothing is
 * inline, nothing comes from elsewhere, nothing is kept in a browser's cache.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "media-src 'self' blob:",
    'frame-src blob:',
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/**
 * The same for a page whose browser is to say what of it the policy stopped. `reportsTo`: a path of the page's own origin, which
 * `report-uri` names. `report-to`, which browsers go by instead where it stands, is said over https alone: in clear, on a
 * loopback address too, Chromium takes no `Reporting-Endpoints`, and would then report to nobody.
 */
export function reportingHeaders(reportsTo: string, https: boolean): Readonly<Record<string, string>> {
  const policy = `${SECURITY_HEADERS['content-security-policy']}; report-uri ${reportsTo}`;
  if (!https) return { ...SECURITY_HEADERS, 'content-security-policy': policy };
  return {
    ...SECURITY_HEADERS,
    'content-security-policy': `${policy}; report-to policy`,
    'reporting-endpoints': `policy="${reportsTo}"`,
  };
}

/** What the files of the built console are, by extension. */
export const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.wasm': 'application/wasm',
  '.mp3': 'audio/mpeg',
};
