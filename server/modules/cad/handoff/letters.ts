/** Writes texts of any script onto a document: those that the standard faces have as they are, others in the typefaces that have them. */
import { type Line, linesOf, type Run } from './lines.ts';
import { cleaned, isStandard } from './printable.ts';

export type Face = 'regular' | 'bold' | 'mono' | 'monoBold';
const FONTS: { readonly [F in Face]: string } = {
  regular: 'Helvetica',
  bold: 'Helvetica-Bold',
  mono: 'Courier',
  monoBold: 'Courier-Bold',
};
export const INK = '#10161d';

export interface Style {
  readonly face?: Face;
  readonly size?: number;
  readonly colour?: string;
  readonly width?: number;
  readonly align?: 'left' | 'right';
}
export type Boxed = Style & { readonly width: number };

export interface Letters {
  readonly pen: (style: Style) => void;
  readonly write: (text: string, x: number, y: number, style: Boxed) => void;
  readonly height: (text: string, style: Boxed) => number;
}

/** Line height, and where letters stand in it from above, as shares of the size: those of some scripts are higher than those of ours. */
const LINE_HEIGHT = 1.35;
const BASE = 0.95;
/** The line around each letter that makes text of those typefaces bold, as a share of the size. */
const BOLDER = 0.04;

export function lettersOn(pdf: PDFKit.PDFDocument): Letters {
  const known = new Set<string>();
  const widths = new Map<string, number>();

  const pen = ({ face = 'regular', size = 9.5, colour = INK }: Style): void => {
    pdf.font(FONTS[face]).fontSize(size).fillColor(colour);
  };
  const take = ({ face }: Run, style: Style): void => {
    pen(style);
    if (!face) return;
    if (!known.has(face.name)) {
      // A font that was opened is taken as it is, which its types leave out; from its bytes each document would open it anew.
      pdf.registerFont(face.name, face.font as unknown as Uint8Array);
      known.add(face.name);
    }
    pdf.font(face.name);
  };
  const widthOf = (run: Run, style: Style): number => {
    const key = `${run.face?.name ?? ''}|${style.face ?? ''}|${style.size ?? ''}|${run.text}`;
    const before = widths.get(key);
    if (before !== undefined) return before;
    take(run, style);
    const width = pdf.widthOfString(run.text);
    widths.set(key, width);
    return width;
  };
  // How high a text is is asked before it is written, and often more than once.
  const laidOut = new Map<string, readonly Line[]>();
  const linesIn = (text: string, style: Boxed): readonly Line[] => {
    const key = `${style.width}|${style.face ?? ''}|${style.size ?? ''}|${text}`;
    const lines = laidOut.get(key) ?? linesOf(text, style.width, (run) => widthOf(run, style));
    laidOut.set(key, lines);
    return lines;
  };

  const draw = (run: Run, x: number, baseline: number, style: Style): void => {
    take(run, style);
    const { size = 9.5, colour = INK, face = 'regular' } = style;
    const isBold = face === 'bold' || face === 'monoBold';
    const line = run.face ? (run.face.thickened + (isBold ? BOLDER : 0)) * size : 0;
    if (line > 0) pdf.lineWidth(line).lineJoin('round').strokeColor(colour);
    // Of letters that a typeface puts together from parts a reader or a search would find the parts.
    if (run.face) pdf.markContent('Span', { actual: run.text });
    pdf.text(run.text, x, baseline, { lineBreak: false, baseline: 'alphabetic', fill: true, stroke: line > 0 });
    if (run.face) pdf.endMarkedContent();
  };

  return {
    pen,
    write: (text, x, y, style) => {
      const plain = cleaned(text);
      if (isStandard(plain.replaceAll('\n', ''))) {
        pen(style);
        pdf.text(plain, x, y, { width: style.width, align: style.align ?? 'left' });
        return;
      }
      const { size = 9.5 } = style;
      linesIn(text, style).forEach((line, i) => {
        const wide = line.reduce((sum, run) => sum + widthOf(run, style), 0);
        let at = style.align === 'right' ? x + style.width - wide : x;
        for (const run of line) {
          if (run.text.trim() !== '') draw(run, at, y + (i * LINE_HEIGHT + BASE) * size, style);
          at += widthOf(run, style);
        }
      });
    },
    height: (text, style) => {
      const plain = cleaned(text);
      if (!isStandard(plain.replaceAll('\n', '')))
        return linesIn(text, style).length * LINE_HEIGHT * (style.size ?? 9.5);
      pen(style);
      return pdf.heightOfString(plain, { width: style.width });
    },
  };
}
