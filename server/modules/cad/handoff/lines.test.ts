import { describe, expect, it } from 'vitest';
import { openTypefacesOf } from './lettering.ts';
import { linesOf } from './lines.ts';

/** Lines as they stand from left to right: a typeface turns letters of a run from the right around, and so does this. */
async function shown(text: string, width = 1_000): Promise<readonly string[]> {
  await openTypefacesOf([text]);
  return linesOf(text, width, (run) => [...run.text].length).map((line) =>
    line
      .map(({ text: of, face }) =>
        face && /[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(of) ? [...of].reverse().join('') : of,
      )
      .join(''),
  );
}

describe('the lines of a text', () => {
  it('end at blanks, and between Chinese signs but before no comma', async () => {
    expect(await shown('боль в груди, да', 8)).toEqual(['боль в', 'груди,', 'да']);
    expect(await shown('胸痛三十分钟，家住', 6)).toEqual(['胸痛三十分', '钟，家住']);
    expect(await shown('один\n\nдва')).toEqual(['один', '', 'два']);
  });

  it('break a word that is longer than a line where they have to', async () => {
    expect(await shown('я Екатеринослав', 6)).toEqual(['я Екат', 'еринос', 'лав']);
  });

  it('are read from the right in Hebrew and Arabic, but for numbers and Latin words in them', async () => {
    expect(await shown('שלום עולם')).toEqual(['םלוע םולש']);
    expect(await shown('בת 45, (penicillin)')).toEqual(['(penicillin) ,45 תב']);
    expect(await shown('said שלום עולם then')).toEqual(['said םלוע םולש then']);
    expect(await shown('محمد (14)')).toEqual(['(14) دمحم']);
    expect(await shown('שלום עולם', 5)).toEqual(['םולש', 'םלוע']);
  });
});
