import { describe, expect, it } from 'vitest';
import { codesIn, lettersOf, openTypefacesOf } from './lettering.ts';

/** Text by the families that it is drawn in; a standard face has no name. */
async function drawnIn(text: string): Promise<readonly (readonly [family: string, text: string])[]> {
  await openTypefacesOf([text]);
  const runs: [string, string][] = [];
  for (const letter of lettersOf(text)) {
    const family = letter.face?.name.replace(/-(?:\d+|[a-z]+(?:-ext)?)$/, '') ?? '';
    const last = runs.at(-1);
    if (last?.[0] === family) last[1] += letter.text;
    else runs.push([family, letter.text]);
  }
  return runs;
}

describe('text on a report', () => {
  it('stays as it is where the standard fonts have it', async () => {
    expect(await drawnIn('José Peña, 12 Über­weg — “no”')).toEqual([['', 'José Peña, 12 Über­weg — “no”']]);
  });

  it('shows a hyphen, a minus and a prime of any kind as those of a keyboard, and controls as blanks', async () => {
    expect(await drawnIn('10‑18 5′11″ −4 ― x\u0007\ty\r\nz')).toEqual([['', '10-18 5\'11" -4 — x  y\nz']]);
  });

  it('has a whole word in one typeface, accents and all', async () => {
    expect(await drawnIn('for Nguyễn here')).toEqual([
      ['', 'for '],
      ['inter', 'Nguyễn'],
      ['', ' here'],
    ]);
    expect(await drawnIn('Łukasz Żółć')).toEqual([
      ['inter', 'Łukasz'],
      ['', ' '],
      ['inter', 'Żółć'],
    ]);
  });

  it('has letters of other scripts in a typeface of theirs', async () => {
    expect(await drawnIn('Иванова')).toEqual([['inter', 'Иванова']]);
    expect(await drawnIn('Γεώργιος')).toEqual([['inter', 'Γεώργιος']]);
    expect(await drawnIn('محمد')).toEqual([['noto-sans-arabic', 'محمد']]);
    expect(await drawnIn('שלום')).toEqual([['noto-sans-hebrew', 'שלום']]);
    expect(await drawnIn('क्षेत्र')).toEqual([['noto-sans-devanagari', 'क्षेत्र']]);
    expect(await drawnIn('ที่นี่')).toEqual([['noto-sans-thai', 'ที่นี่']]);
    expect(await drawnIn('Սարգսյան')).toEqual([['noto-sans-armenian', 'Սարգսյան']]);
    expect(await drawnIn('გიორგი')).toEqual([['noto-sans-georgian', 'გიორგი']]);
    expect(await drawnIn('ক্ষতিগ্রস্ত')).toEqual([['noto-sans-bengali', 'ক্ষতিগ্রস্ত']]);
    expect(await drawnIn('கோயம்புத்தூர்')).toEqual([['noto-sans-tamil', 'கோயம்புத்தூர்']]);
    expect(await drawnIn('સ્વાગત')).toEqual([['noto-sans-gujarati', 'સ્વાગત']]);
    expect(await drawnIn('ਸਿੰਘ')).toEqual([['noto-sans-gurmukhi', 'ਸਿੰਘ']]);
    expect(await drawnIn('శ్రీ')).toEqual([['noto-sans-telugu', 'శ్రీ']]);
    expect(await drawnIn('አበባ')).toEqual([['noto-sans-ethiopic', 'አበባ']]);
    expect(await drawnIn('👩‍🚒👍🏽❤️')).toEqual([['noto-emoji', '👩‍🚒👍🏽❤']]);
  });

  it('is laid out where a typeface has no place for a mark on a letter: no such name keeps a report from being made', async () => {
    for (const text of ['ڥ', 'نادڥ', 'ڢ', 'ฬ̃ก', 'ਸਿੰਘ', 'శ్రీ']) {
      await openTypefacesOf([text]);
      const [{ face } = { face: null }] = lettersOf(text);
      expect(face?.font.layout(text).glyphs.length, text).toBeGreaterThan(0);
    }
  });

  it('has Chinese signs as the language of the text writes them', async () => {
    expect(await drawnIn('骨直')).toEqual([['noto-sans-sc', '骨直']]);
    expect(await drawnIn('骨と直')).toEqual([['noto-sans-jp', '骨と直']]);
    expect(await drawnIn('骨김直')).toEqual([['noto-sans-kr', '骨김直']]);
  });

  it('shows what no typeface has by its code, what turns text around too, and says which that was', async () => {
    const text = 'x 𓀀 ខ \u202eevil\u202c';
    expect((await drawnIn(text)).map(([, of]) => of).join('')).toBe('x [U+13000] [U+1781] [U+202E]evil[U+202C]');
    expect(codesIn(text)).toEqual(['[U+13000]', '[U+1781]', '[U+202E]', '[U+202C]']);
    await openTypefacesOf(['x Иванова 王']);
    expect(codesIn('x Иванова 王')).toEqual([]);
  });
});
