import { describe, expect, it } from 'vitest';
import { readPolicyReports } from './policy-reports.ts';

const HERE = 'https://center.example';
const byUri = (more: object) => readPolicyReports({ 'csp-report': { 'document-uri': `${HERE}/`, ...more } });
const byApi = (body: object, type = 'csp-violation') => readPolicyReports([{ type, body, url: HERE }]);

describe('a report of a browser', () => {
  it('says which directive held, against what, on which screen, by either way that browsers send it (ASVS 3.4.7)', () => {
    const told = { directive: 'script-src-elem', blocked: 'inline', page: '/people', at: '/assets/center-1a2b.js:7' };
    expect(
      byUri({
        'document-uri': `${HERE}/people/ann?q=Rosa`,
        'effective-directive': 'script-src-elem',
        'blocked-uri': 'inline',
        'source-file': `${HERE}/assets/center-1a2b.js`,
        'line-number': 7,
      }),
    ).toEqual([told]);
    const body = {
      documentURL: `${HERE}/people/ann?q=Rosa`,
      effectiveDirective: 'script-src-elem',
      blockedURL: 'inline',
      sourceFile: `${HERE}/assets/center-1a2b.js?v=Rosa`,
      lineNumber: 7,
    };
    expect(byApi(body)).toEqual([told]);
    expect(byApi(body, 'deprecation')).toEqual([]);
  });

  it('keeps nothing that could be a person’s: no query, no sample, no name in a path, nobody who signs in (ASVS 3.4.7)', () => {
    const planted = 'Rosa-Planted';
    const addresses = [
      `https://evil.example/${planted}?x=${planted}#${planted}`,
      `https://${planted}@evil.example/`,
      `https://evil.example?${planted}`,
      `https://evil.example\\${planted}`,
      `data:text/plain,${planted}`,
      `blob:${HERE}/${planted}`,
      `javascript:alert("${planted}")`,
      `//${planted}/x`,
      planted,
    ];
    const said = addresses.flatMap((address) => [
      byUri({
        'document-uri': address,
        'violated-directive': `img-src ${planted}`,
        'blocked-uri': address,
        'source-file': address,
        'script-sample': planted,
        referrer: planted,
        'original-policy': planted,
      }),
      byApi({
        documentURL: address,
        effectiveDirective: planted,
        blockedURL: address,
        sample: planted,
        referrer: planted,
      }),
    ]);
    expect(said.map((each) => each?.length)).toEqual(said.map(() => 1));
    expect(JSON.stringify(said).toLowerCase()).not.toContain('rosa');
    expect(said.map((each) => each?.[0]?.blocked)).toContain('https://evil.example');
    expect(said.map((each) => each?.[0]?.blocked)).toContain('data');
    expect(byUri({ 'document-uri': `${HERE}/${planted}` })?.[0]?.page).toBe('/…');
  });

  it('is refused where it is none, and read no further than twenty of them', () => {
    for (const given of [undefined, null, 7, 'x', {}, [7], [null], { 'csp-report': 7 }, { 'csp-report': {} }])
      expect([given, readPolicyReports(given)]).toEqual([given, null]);
    expect(byApi({ documentURL: 7, effectiveDirective: 'img-src' })).toBeNull();
    expect(byUri({ 'line-number': 1.5 })).toBeNull();
    expect(readPolicyReports([])).toEqual([]);
    const one = { type: 'csp-violation', body: { documentURL: HERE, effectiveDirective: 'img-src' } };
    expect(readPolicyReports(new Array(500).fill(one))).toHaveLength(20);
  });
});
