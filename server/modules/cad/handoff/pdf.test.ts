/** How a report lies on its pages. */
import { describe, expect, it } from 'vitest';
import { reportPdf } from './pdf.ts';
import type { Report } from './report.ts';
import { textOfPdf } from './testing/floor.ts';

const REPORT: Report = {
  organisation: 'Harbor County',
  site: 'Harbor County 911',
  number: '26-00417',
  nature: 'Sick person',
  natureCode: '26A',
  priority: '2',
  state: 'Closed',
  disposition: 'Transported',
  day: 'Sunday, 22 November 2026',
  timeZone: 'America/Los_Angeles',
  clocks: 'America/Los Angeles: PST, UTC-8',
  location: '1 Main St',
  detail: '',
  place: [],
  people: [],
  references: [],
  times: [{ label: 'Call answered', text: '23:58:02' }],
  units: [
    {
      callsign: 'M36',
      kind: 'ambulance',
      agency: 'HCFD',
      outcome: '',
      destination: 'Mercy',
      times: [
        {
          element: 'onScene',
          label: 'on scene',
          nemsis: 'eTimes.06',
          text: '2026-11-23 00:04:42',
          amended: '',
          entered: '00:40 (Dora)',
        },
        {
          element: 'leftScene',
          label: 'left scene',
          nemsis: 'eTimes.09',
          text: '2026-11-23 00:09:42',
          amended: 'amended, late',
          entered: '',
        },
      ],
    },
  ],
  notes: [],
  timeline: [],
  warnings: [],
};

const drawn = async (report: Report): Promise<{ readonly text: string; readonly source: string }> => {
  const bytes = await reportPdf(report, Date.UTC(2026, 10, 23, 9), false);
  return { text: textOfPdf(bytes), source: Buffer.from(bytes).toString('latin1') };
};
const paperOf = (source: string): string => /\/MediaBox \[0 0 (\d+)/.exec(source)?.[1] ?? '';

describe('a report', () => {
  it('keeps a time of another day whole in its column, on either paper', async () => {
    for (const timeZone of ['America/Los_Angeles', 'Europe/Berlin']) {
      const { text } = await drawn({ ...REPORT, timeZone });
      expect(text.match(/^2026-11-23$/gm)).toHaveLength(2);
      expect(text).toContain('00:09:42*');
      expect(text).toContain('00:04:42†');
      expect(text).toContain('† entered 00:40 (Dora): on scene');
    }
  });

  it('is on the paper of the country: letter also in Hawaii and Guam', async () => {
    const widths = ['America/Los_Angeles', 'Pacific/Honolulu', 'Pacific/Guam', 'Europe/Berlin'].map(async (timeZone) =>
      paperOf((await drawn({ ...REPORT, timeZone })).source),
    );
    expect(await Promise.all(widths)).toEqual(['612', '612', '612', '595']);
  });

  it('goes on overleaf where a note is longer than a page, whatever its lines are like', async () => {
    const list = Array.from({ length: 700 }, (_, i) => `line ${i}`).join('\n');
    const note = (text: string) => ({ at: '14:40:00', by: 'Dora', text });
    const { text, source } = await drawn({
      ...REPORT,
      notes: [note(list), note('W'.repeat(8_000)), note('\n'.repeat(900))],
    });
    for (let i = 0; i < 700; i++) expect(text).toMatch(new RegExp(`^line ${i}$`, 'm'));
    expect([...text.matchAll(/W+/g)].join('')).toHaveLength(8_000);
    // Heights above the lower edge: nothing but the foot is as low as that.
    const heights = [...source.matchAll(/1 0 0 1 [\d.]+ ([-\d.]+) Tm/g)].map(([, y]) => Number(y));
    expect(new Set(heights.filter((y) => y < 38)).size).toBe(1);
  });

  it('has names and notes of every script that it has a typeface for, and says which letters it has none for', async () => {
    const report = {
      ...REPORT,
      site: 'Служба 112',
      location: '中山路12号',
      notes: [{ at: '14:40:00', by: 'محمد', text: `שלום 👍 𓀀 ${'胸痛'.repeat(2_000)}` }],
    };
    const { text, source } = await drawn(report);
    expect(text).toMatch(/Letters that no typeface of this report has stand in it as their Unicode code: \[U\+13000\]/);
    for (const family of ['Inter', 'NotoSansSC', 'NotoSansArabic', 'NotoSansHebrew', 'NotoEmoji'])
      expect(source).toMatch(new RegExp(`/BaseFont /[A-Z]+\\+${family}`));
    const heights = [...source.matchAll(/1 0 0 1 [\d.]+ ([-\d.]+) Tm/g)].map(([, y]) => Number(y));
    // The foot, in its own letters and with the number of the page.
    expect(new Set(heights.filter((y) => y < 38)).size).toBe(2);
    expect((await drawn(report)).source).toBe(source);
    expect((await drawn(REPORT)).source).not.toContain('/FontFile2');
  });

  it('has room for long names of a center, of who wrote a line, and for a time with its day above what was amended', async () => {
    const name = 'Regional Emergency Communications Center of the Northern Harbor Counties';
    const by = 'Theodora Reyes-Hernandez de la Cruz';
    const { source } = await drawn({
      ...REPORT,
      site: name,
      organisation: `${name} and its Districts`,
      times: [{ label: 'Closed', text: '2026-11-01 01:59:00 PST', amended: 'amended, recorded as 23:58:30: log' }],
      notes: ['one', 'two', 'three'].map((text) => ({ at: '14:40:00', by, text })),
    });
    const lines = placesIn(source);
    const columns = [
      lines.filter(({ y, text }) => y > 600 && /Center|Counties|Harbor|Districts|Incident report/.test(text)),
      lines.filter(({ text }) => /Theodora|de la Cruz/.test(text)),
      lines.filter(({ text }) => /^(?:01:59:00 PST|\* Closed)/.test(text)),
    ];
    expect(columns.map(({ length }) => length > 1)).toEqual([true, true, true]);
    for (const column of columns)
      for (const [i, { y }] of column.entries()) if (i > 0) expect(y).toBeLessThan((column[i - 1]?.y ?? 0) - 7);
  });
});

/** Each line that was drawn and where, from the left and from below. */
function placesIn(source: string): { readonly x: number; readonly y: number; readonly text: string }[] {
  return [...source.matchAll(/1 0 0 1 ([\d.]+) ([-\d.]+) Tm\n[^[]*\[((?:<[0-9a-f]*>|[-\d. ])*)\] TJ/g)].map(
    ([, x, y, shown = '']) => ({
      x: Math.round(Number(x)),
      y: Number(y),
      text: Buffer.from(shown.replace(/[^<]*<([0-9a-f]*)>[^<]*/g, '$1'), 'hex').toString('latin1'),
    }),
  );
}
