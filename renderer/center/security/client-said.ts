/** What a session's holder said it is (the user agent), as its owner would call it. */

/** In this order: every browser names itself after the ones before it too. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bElectron\//, 'the desktop shell'],
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Headless)?Chrome\/|\bChromium\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\bWindows\b/, 'Windows'],
  [/\b(iPhone|iPad)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

const first = (of: readonly (readonly [RegExp, string])[], text: string): string | undefined =>
  of.find(([sign]) => sign.test(text))?.[1];

/** `Chrome on Windows`; what is no browser is said as it said itself. */
export function clientSaid(client: string | null): string {
  if (client === null || client === '') return 'a browser or program';
  const browser = first(BROWSERS, client);
  if (browser === undefined) return client;
  const system = first(SYSTEMS, client);
  return system === undefined ? browser : `${browser} on ${system}`;
}
