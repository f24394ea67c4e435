import { describe, expect, it } from 'vitest';
import { clientSaid } from './client-said.ts';

const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';

describe('what a session is opened with', () => {
  it('is said as its owner calls it, though every browser names the others too', () => {
    expect(clientSaid(CHROME)).toBe('Chrome on Linux');
    expect(clientSaid(CHROME.replace('Chrome', 'HeadlessChrome'))).toBe('Chrome on Linux');
    expect(clientSaid(`${CHROME.replace('X11; Linux x86_64', 'Windows NT 10.0; Win64; x64')} Edg/156.0.0.0`)).toBe(
      'Edge on Windows',
    );
    expect(
      clientSaid(
        'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
      ),
    ).toBe('Safari on macOS');
    expect(clientSaid('Mozilla/5.0 (Android 16; Mobile; rv:146.0) Gecko/146.0 Firefox/146.0')).toBe(
      'Firefox on Android',
    );
  });

  it('is said as it said itself where it is no browser', () => {
    expect(clientSaid('curl/8.1')).toBe('curl/8.1');
    expect(clientSaid(null)).toBe('a browser or program');
  });
});
