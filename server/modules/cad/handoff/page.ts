/** The sheet a report is drawn on: where the pen is, when a page is full, and the few shapes it uses. */
import PDFDocument from 'pdfkit';
import { INK, type Letters, lettersOn, type Style } from './letters.ts';
import { cleaned } from './printable.ts';

export const MUTED = '#4a5864';
const LINE = '#c6ced7';
const SHADE = '#eef2f6';

const MARGIN = 48;
const FOOT = 40;

export interface Sheet {
  readonly left: number;
  readonly width: number;
  /** Where the next thing goes, points from the top. */
  y: () => number;
  down: (by: number) => void;
  /** Begins a new page where less than this is left; true where it did. */
  room: (height: number) => boolean;
  /** Writes at x and the pen's height, or at y; answers how high the text is. The pen stays. */
  write: (text: string, x: number, style?: Style, y?: number) => number;
  height: (text: string, style: Style) => number;
  rule: () => void;
  /** A filled box from the pen's height down. */
  shade: (x: number, width: number, height: number, colour?: string) => void;
  chip: (text: string, x: number, y: number, colour: string) => number;
  heading: (text: string) => void;
}

export interface SheetOptions {
  readonly title: string;
  readonly author: string;
  readonly subject: string;
  readonly madeAt: number;
  readonly paper: 'LETTER' | 'A4';
  /** False keeps the text readable in the bytes, for tests. */
  readonly compress: boolean;
  /** Stands at the foot of every page beside its number. */
  readonly foot: string;
}

/** Draws a document and answers its bytes. The same input gives the same bytes. */
export async function drawPdf(options: SheetOptions, draw: (sheet: Sheet) => void): Promise<Uint8Array> {
  const pdf = new PDFDocument({
    size: options.paper,
    margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: 0 },
    bufferPages: true,
    compress: options.compress,
    lang: 'en-US',
    displayTitle: true,
    info: {
      Title: cleaned(options.title),
      Author: cleaned(options.author),
      Subject: cleaned(options.subject),
      Creator: 'Quantum Dispatch',
      Producer: 'Quantum Dispatch',
      CreationDate: new Date(options.madeAt),
    },
  });
  const chunks: Uint8Array[] = [];
  const finished = new Promise<void>((resolve, reject) => {
    pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    pdf.on('end', resolve);
    pdf.on('error', reject);
  });
  const letters = lettersOn(pdf);
  draw(sheetOn(pdf, letters));
  footers(pdf, letters, options.foot);
  pdf.end();
  await finished;
  return new Uint8Array(Buffer.concat(chunks));
}

function footers(pdf: PDFKit.PDFDocument, letters: Letters, foot: string): void {
  const { count } = pdf.bufferedPageRange();
  for (let i = 0; i < count; i++) {
    pdf.switchToPage(i);
    const y = pdf.page.height - FOOT + 8;
    const width = pdf.page.width - 2 * MARGIN;
    const style = { size: 7.5, colour: MUTED };
    letters.write(foot, MARGIN, y, { ...style, width: width - 80 });
    letters.write(`Page ${i + 1} of ${count}`, MARGIN + width - 80, y, { ...style, width: 80, align: 'right' });
  }
}

function sheetOn(pdf: PDFKit.PDFDocument, letters: Letters): Sheet {
  const left = MARGIN;
  const width = pdf.page.width - 2 * MARGIN;
  let y = MARGIN;
  const height = (text: string, style: Style): number => letters.height(text, { width, ...style });
  const room = (needed: number): boolean => {
    if (y + needed <= pdf.page.height - FOOT) return false;
    pdf.addPage();
    y = MARGIN;
    return true;
  };
  const write = (text: string, x: number, style: Style = {}, at = y): number => {
    letters.write(text, x, at, { width: width - (x - left), ...style });
    return height(text, style);
  };
  return {
    left,
    width,
    y: () => y,
    down: (by) => {
      y += by;
    },
    room,
    write,
    height,
    rule: () => {
      pdf
        .moveTo(left, y)
        .lineTo(left + width, y)
        .lineWidth(0.5)
        .strokeColor(LINE)
        .stroke();
    },
    shade: (x, wide, high, colour = SHADE) => {
      pdf.rect(x, y, wide, high).fill(colour);
    },
    chip: (text, x, at, colour) => {
      letters.pen({ face: 'bold', size: 11 });
      const wide = pdf.widthOfString(text) + 12;
      pdf.roundedRect(x, at, wide, 17, 2.5).fill(colour);
      letters.pen({ face: 'bold', size: 11 });
      pdf.text(text, x + 6, at + 3.5, { lineBreak: false });
      return wide;
    },
    heading: (text) => {
      room(60);
      y += 14;
      letters.pen({ face: 'bold', size: 8.5, colour: MUTED });
      pdf.text(text.toUpperCase(), left, y, { characterSpacing: 0.8, lineBreak: false });
      y += 13;
      pdf
        .moveTo(left, y)
        .lineTo(left + width, y)
        .lineWidth(0.75)
        .strokeColor(INK)
        .stroke();
      y += 6;
    },
  };
}
