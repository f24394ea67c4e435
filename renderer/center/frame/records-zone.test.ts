import { describe, expect, it } from 'vitest';
import { zoneOfRecords } from './records-zone.ts';

describe('the zone of the records', () => {
  it('is what the PSAPs share, and UTC where they do not agree', () => {
    expect(zoneOfRecords(['America/Los_Angeles', 'America/Los_Angeles'])).toBe('America/Los_Angeles');
    expect(zoneOfRecords(['America/Los_Angeles', 'America/Denver'])).toBe('UTC');
    expect(zoneOfRecords([])).toBeNull();
  });
});
