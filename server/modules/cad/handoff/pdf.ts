/** The incident report as a PDF: header, place, times, units with their times, notes, timeline. */
import { clockText, zoneName } from '#domain/cad/sentences/local-time.ts';
import type { TimeElement } from '#domain/cad/status.ts';
import { codesIn, openTypefacesOf } from './lettering.ts';
import type { Style } from './letters.ts';
import { drawPdf, MUTED, type Sheet } from './page.ts';
import type { Report } from './report.ts';
import { isoDay } from './report-times.ts';
import type { ReportUnit } from './report-units.ts';

const PRIORITY: { readonly [priority: string]: string } = {
  1: '#ff8a80',
  2: '#ffbe7d',
  3: '#f5d98a',
  4: '#cfd6dc',
};

/** Zones of the United States beside those of America. */
const LETTER_TOO: readonly string[] = [
  'Pacific/Honolulu',
  'Pacific/Guam',
  'Pacific/Saipan',
  'Pacific/Pago_Pago',
  'Pacific/Midway',
  'Pacific/Wake',
];

/** Columns of the units' table, as many as a page is wide; every other time stands under its unit. */
const COLUMNS: readonly (readonly [TimeElement, string])[] = [
  ['unitNotified', 'Sent'],
  ['acknowledged', 'Ack.'],
  ['enRoute', 'En route'],
  ['onScene', 'On scene'],
  ['atPatient', 'At patient'],
  ['leftScene', 'Left scene'],
  ['atDestination', 'At dest.'],
  ['destinationTransfer', 'Handover'],
  ['backInService', 'In service'],
];
const UNIT_WIDTH = 66;

/** Bytes of the report. `madeAt`, ms UTC, stands at the foot of each page: of two that were printed it says which is the newer. */
export async function reportPdf(report: Report, madeAt: number, compress = true): Promise<Uint8Array> {
  const zone = report.timeZone;
  await openTypefacesOf(textsOf(report));
  const made = `made ${isoDay(madeAt, zone)} ${clockText(madeAt, zone)} ${zoneName(madeAt, zone)}`;
  return drawPdf(
    {
      title: `Incident ${report.number}`,
      author: report.organisation,
      subject: `${report.nature}, ${report.day}`,
      madeAt,
      paper: report.timeZone.startsWith('America/') || LETTER_TOO.includes(report.timeZone) ? 'LETTER' : 'A4',
      compress,
      foot: `${report.site} · Incident ${report.number} · ${made} · Confidential: contains protected health information`,
    },
    (sheet) => {
      header(sheet, report);
      warnings(sheet, report);
      place(sheet, report);
      incidentTimes(sheet, report);
      units(sheet, report);
      notes(sheet, report);
      timeline(sheet, report);
    },
  );
}

function header(sheet: Sheet, report: Report): void {
  const { left, width } = sheet;
  const half = { width: width / 2 - 12 };
  const top = sheet.write(report.site, left, { face: 'bold', size: 11, ...half }) + 2;
  const whose = report.organisation === report.site ? 'Incident report' : `Incident report · ${report.organisation}`;
  const below = sheet.write(whose, left, { size: 9.5, colour: MUTED, ...half }, sheet.y() + top);
  const right = { align: 'right', width: width / 2 } as const;
  sheet.write(report.number, left + width / 2, { face: 'monoBold', size: 22, ...right }, sheet.y() - 3);
  sheet.write(report.day, left + width / 2, { size: 9.5, colour: MUTED, ...right }, sheet.y() + 21);
  sheet.down(Math.max(40, top + below + 6));
  sheet.rule();
  sheet.down(12);
  const chip = report.priority
    ? sheet.chip(report.priority, left, sheet.y(), PRIORITY[report.priority] ?? '#cfd6dc') + 8
    : 0;
  const state = [report.state, report.disposition].filter(Boolean).join(': ');
  const high = sheet.write(
    report.nature,
    left + chip,
    { face: 'bold', size: 15, width: width * 0.6 - chip },
    sheet.y() + 1,
  );
  sheet.write(
    state,
    left + width * 0.6,
    { face: 'bold', size: 10.5, align: 'right', width: width * 0.4 },
    sheet.y() + 4,
  );
  sheet.down(Math.max(high, 18) + 4);
  if (report.natureCode) {
    sheet.write(report.natureCode, left + chip, { face: 'mono', size: 8.5, colour: MUTED });
    sheet.down(12);
  }
}

function warnings(sheet: Sheet, report: Report): void {
  for (const warning of [...report.warnings, ...unprinted(report)]) {
    const style = { size: 9, width: sheet.width - 16 };
    const high = sheet.height(warning, style) + 8;
    sheet.room(high + 4);
    sheet.down(4);
    sheet.shade(sheet.left, sheet.width, high, '#fdf1d6');
    sheet.write(warning, sheet.left + 8, style, sheet.y() + 4);
    sheet.down(high);
  }
}

/** Says where a report has letters of no script that it can print. */
function unprinted(report: Report): readonly string[] {
  const codes = [...new Set(textsOf(report).flatMap(codesIn))];
  if (codes.length === 0) return [];
  const shown = codes.slice(0, 12).join(' ') + (codes.length > 12 ? ' …' : '');
  return [`Letters that no typeface of this report has stand in it as their Unicode code: ${shown}`];
}

/** Every text of a report, or of a part of one. */
function textsOf(part: unknown): readonly string[] {
  if (typeof part === 'string') return [part];
  return typeof part === 'object' && part !== null ? Object.values(part).flatMap(textsOf) : [];
}

function place(sheet: Sheet, report: Report): void {
  sheet.heading('Location');
  sheet.down(sheet.write(report.location, sheet.left, { face: 'bold', size: 13 }) + 2);
  if (report.detail) sheet.down(sheet.write(report.detail, sheet.left, { size: 10.5 }) + 2);
  pairs(sheet, [...report.place, ...report.people, ...report.references]);
}

/** Labels and what stands under them, two beside each other. */
function pairs(sheet: Sheet, rows: readonly { readonly label: string; readonly text: string }[]): void {
  const half = sheet.width / 2;
  const style = { size: 9.5, width: half - 96 };
  for (let i = 0; i < rows.length; i += 2) {
    const both = rows.slice(i, i + 2);
    const high = Math.max(...both.map(({ text }) => sheet.height(text, style)), 12) + 3;
    sheet.room(high);
    both.forEach(({ label, text }, column) => {
      const x = sheet.left + column * half;
      sheet.write(label, x, { size: 8.5, colour: MUTED, width: 82 }, sheet.y() + 1);
      sheet.write(text, x + 84, style);
    });
    sheet.down(high);
  }
}

function incidentTimes(sheet: Sheet, report: Report): void {
  sheet.heading(`Times of the incident (${report.clocks})`);
  const each = sheet.width / Math.max(report.times.length, 4);
  const value = { face: 'monoBold', size: 10.5 } as const;
  report.times.forEach(({ label, text, amended, entered }, i) => {
    sheet.write(`${label}${markOf({ amended, entered })}`, sheet.left + i * each, {
      size: 8.5,
      colour: MUTED,
      width: each - 6,
    });
    sheet.write(text, sheet.left + i * each, { ...value, width: each - 6 }, sheet.y() + 12);
  });
  sheet.down(
    14 + Math.max(...report.times.map(({ text }) => sheet.height(text, { ...value, width: each - 6 })), 12) + 4,
  );
  for (const { label, amended, entered } of report.times) {
    const said = [...(amended ? [`* ${label} ${amended}`] : []), ...(entered ? [`† ${label} entered ${entered}`] : [])];
    for (const line of said) sheet.down(sheet.write(line, sheet.left, { size: 8, colour: MUTED }) + 1);
  }
}

function units(sheet: Sheet, report: Report): void {
  sheet.heading('Units and their times');
  if (report.units.length === 0) {
    sheet.down(sheet.write('No unit was sent.', sheet.left, { colour: MUTED }) + 4);
    return;
  }
  const column = (sheet.width - UNIT_WIDTH) / COLUMNS.length;
  const titles = (): void => {
    COLUMNS.forEach(([, title], i) => {
      const x = sheet.left + UNIT_WIDTH + i * column;
      sheet.write(title, x, { size: 7.5, colour: MUTED, width: column - 2, align: 'right' });
    });
    sheet.down(13);
  };
  titles();
  report.units.forEach((unit, i) => {
    const beneath = underUnit(unit);
    const small = { size: 8, colour: MUTED, width: sheet.width - UNIT_WIDTH };
    const times = COLUMNS.map(([element]) => unit.times.find((time) => time.element === element));
    const high = 6 + 9 * Math.max(1, ...times.map((time) => time?.text.split(' ').length ?? 1));
    const below = beneath.reduce((sum, line) => sum + sheet.height(line, small) + 1, 0);
    if (sheet.room(high + below + 6)) titles();
    if (i % 2 === 0) sheet.shade(sheet.left - 4, sheet.width + 8, high + below + 3);
    sheet.write(unit.callsign, sheet.left, { face: 'monoBold', size: 10.5, width: UNIT_WIDTH }, sheet.y() + 3);
    times.forEach((time, n) => {
      const text = time ? `${time.text.replaceAll(' ', '\n')}${markOf(time)}` : '–';
      const style = {
        face: 'mono',
        // A date is as wide as a column of A4 at this size.
        size: 7.6,
        width: column - 2,
        align: 'right',
        colour: time ? '#10161d' : '#a9b4be',
      } as const;
      sheet.write(text, sheet.left + UNIT_WIDTH + n * column, style, sheet.y() + 4);
    });
    sheet.down(high);
    for (const line of beneath) sheet.down(sheet.write(line, sheet.left + UNIT_WIDTH, small) + 1);
    sheet.down(4);
  });
}

/** What stands under a unit: what it is, where it took its patient, further times, and what was amended and why. */
function underUnit(unit: ReportUnit): string[] {
  const about = [unit.kind, unit.agency, unit.outcome].filter(Boolean).join(' · ');
  const shown = new Set<TimeElement>(COLUMNS.map(([element]) => element));
  const more = unit.times.filter((time) => !shown.has(time.element));
  return [
    [about, unit.destination ? `transported to ${unit.destination}` : ''].filter(Boolean).join(' · '),
    ...(unit.journeys ?? []),
    more.map((time) => `${time.label} ${time.text}${markOf(time)}`).join(' · '),
    ...unit.times.filter((time) => time.amended).map((time) => `* ${time.label} (${time.nemsis}) ${time.amended}`),
    ...enteredLines(unit.times),
  ].filter((line) => line !== '');
}

/** By whom and when times were entered minutes after they were: those of one minute together. */
function enteredLines(times: ReportUnit['times']): string[] {
  const together = Map.groupBy(
    times.filter((time) => time.entered),
    (time) => time.entered,
  );
  return [...together].map(([entered, all]) => `† entered ${entered}: ${all.map((time) => time.label).join(', ')}`);
}

interface Marked {
  readonly amended?: string | undefined;
  readonly entered?: string | undefined;
}

/** `*` stands for what was amended, `†` for what was entered minutes after it happened. */
const markOf = ({ amended, entered }: Marked): string => (amended ? '*' : entered ? '†' : '');

function notes(sheet: Sheet, report: Report): void {
  if (report.notes.length === 0) return;
  sheet.heading('Notes');
  for (const note of report.notes) entry(sheet, note.at, note.text, authorSaid(note));
}

function timeline(sheet: Sheet, report: Report): void {
  sheet.heading('Timeline');
  for (const line of report.timeline) {
    entry(sheet, line.at, line.detail ? `${line.said} (${line.detail})` : line.said, authorSaid(line));
  }
}

const authorSaid = ({ by, entered }: { readonly by: string; readonly entered?: string }): string =>
  [by, entered].filter(Boolean).join('\n');

/** A line with its time at the left and its author at the right. What is higher than most of a page is drawn piece by piece. */
function entry(sheet: Sheet, at: string, text: string, by: string): void {
  const style = { size: 9, width: sheet.width - 66 - 110 };
  const right = { size: 8.5, colour: MUTED, width: 104, align: 'right' } as const;
  piecesOf(sheet, text, style).forEach((part, i) => {
    const beside = i === 0 ? Math.max(sheet.height(by, right), at.length > 8 ? 22 : 11) : 0;
    const high = Math.max(sheet.height(part, style), beside) + 3;
    sheet.room(high);
    if (i === 0) {
      sheet.write(
        at.replace(' ', '\n'),
        sheet.left,
        { face: 'mono', size: 8.5, colour: MUTED, width: 64 },
        sheet.y() + 0.5,
      );
      sheet.write(by, sheet.left + sheet.width - 104, right, sheet.y() + 0.5);
    }
    sheet.write(part, sheet.left + 66, style);
    sheet.down(high);
  });
}

/** No piece of a text is higher than this, in points: a page has room for it. */
const PIECE_HEIGHT = 500;
/** A line, or as much of it as is surely lower than a piece. */
const LINES = /\n|[^\n]{1,800}(?:\n|[^\S\n])|[^\n]{1,800}/g;

function piecesOf(sheet: Sheet, text: string, style: Style): string[] {
  if (sheet.height(text, style) <= PIECE_HEIGHT) return [text];
  const parts = text.match(LINES) ?? [];
  const pieces: string[] = [];
  let piece = '';
  for (const part of parts) {
    if (piece !== '' && sheet.height(piece + part, style) > PIECE_HEIGHT) {
      pieces.push(piece.replace(/\n$/, ''));
      piece = '';
    }
    piece += part;
  }
  return [...pieces, piece];
}
