import { describe, expect, it } from 'vitest';
import { DEMO_SIGN_IN } from '../../tools/start/demo.ts';
import { type CallTaken, choose, rowGone, rowSays, rowShows, takeCall, timeline } from './calls.ts';
import { oneConsole } from './one-console.ts';

const at = oneConsole();
let fall: CallTaken;
let chest: CallTaken;

describe('taking a call', () => {
  it('puts the focus on the board after sign-in, so that the first key already works', async () => {
    await expect.poll(at.focused).toBe('Pending');
  });

  it('by keyboard: its number at once, dispatchable with location and nature, the rest in any order', async () => {
    await at.press('F5');
    expect(await at.focused()).toBe('Location');
    await at.type('1200 Harbor Blvd');
    await expect.poll(() => at.page.getByRole('form', { name: /^Call / }).count(), { timeout: 1_000 }).toBe(1);
    expect(await at.field('Location').inputValue()).toBe('1200 Harbor Blvd');
    await at.press('Tab');
    expect(await at.focused()).toBe('Nature');
    await at.type('chest');
    await at.page.getByRole('option', { name: /Chest pain/ }).waitFor();
    await at.press('1');
    const form = at.page.getByRole('form', { name: /^Call / });
    await form.getByText('Ready to dispatch since').waitFor();
    await expect.poll(() => at.field('Priority').inputValue()).toBe('2');
    await expect.poll(() => at.field('Nature').inputValue()).toBe('Chest pain');
    await at.tabTo('Notes');
    await at.type('Gate code 4411');
    await at.press('Enter');
    await form.getByRole('listitem').filter({ hasText: 'Gate code 4411' }).waitFor();
    await at.tabTo('Callback');
    await at.type('(415) 555-0142');
    await at.tabTo('Caller');
    await at.type('Ana, daughter, beside him');
    await at.tabTo('Priority');
    await at.type('1');
    await expect.poll(() => form.textContent()).toContain('chosen');
    const number = ((await form.getAttribute('aria-label')) ?? '').replace('Call ', '');
    chest = { number, short: number.slice(-5) };
    await rowShows(at, 'Pending', number, '1200 Harbor Blvd', 'Chest pain', '1');
    await choose(at, 'F2', chest.short);
    const known = at.page.getByRole('region', { name: `Incident ${number}` });
    await expect.poll(() => known.textContent()).toContain('(415) 555-0142 · Ana, daughter, beside him');
    expect((await timeline(at)).filter((line) => line.includes('Gate code 4411'))).toHaveLength(1);
  });

  it('offers the detail and coordinates after the fields of every call, and reads coordinates', async () => {
    await choose(at, 'F2', chest.short);
    await at.press('Enter');
    await at.tabTo('Coordinates');
    await at.type('north');
    await at.press('Enter');
    await at.page
      .getByRole('alert')
      .filter({ hasText: /lat|coordinate/i })
      .first()
      .waitFor();
    await at.press('ControlOrMeta+a');
    await at.type('37.7793, -122.4193');
    await at.press('Enter');
    await expect.poll(() => at.page.getByRole('alert').filter({ hasText: 'Coordinates' }).count()).toBe(0);
  });

  it('goes on by Enter: location, nature, callback, caller, patient, notes, each said once', async () => {
    await at.press('F5');
    for (const [field, said] of [
      ['Location', '9 Elm St'],
      ['Nature', 'fall'],
      ['Callback', '415 555 0177'],
      ['Caller', 'Ben, neighbour'],
      ['Patient', 'F 81, awake'],
      ['Notes', 'Side door'],
    ] as const) {
      await expect.poll(at.focused).toBe(field);
      await at.type(said);
      await at.press('Enter');
    }
    const form = at.page.getByRole('form', { name: /^Call / }).filter({ visible: true });
    await form.getByRole('listitem').filter({ hasText: 'Side door' }).waitFor();
    const number = ((await form.getAttribute('aria-label')) ?? '').replace('Call ', '');
    await choose(at, 'F2', number.slice(-5));
    const said = await timeline(at);
    for (const once of ['9 Elm St', 'Fall', '415 555 0177', 'Ben, neighbour', 'F 81, awake', 'Side door'])
      expect(
        said.filter((line) => line.includes(once)),
        once,
      ).toHaveLength(1);
    expect(await at.command(`C ${number.slice(-5)} TRANSPORTED`)).toContain('closed');
  });

  it('never loses what is being typed: the command line opened and closed, a second call, digits of another', async () => {
    await at.press('F5', 'F5');
    expect(await at.focused()).toBe('Location');
    await at.type('cxhnmtlp Pier 39');
    expect(await at.field('Location').filter({ visible: true }).inputValue()).toBe('cxhnmtlp Pier 39');
    const forms = at.page.getByRole('form');
    await at.press('`');
    expect(await at.focused()).toBe('Command line');
    await at.type('half a comm');
    await at.press('Escape');
    expect(await at.focused()).toBe('Location');
    await at.type(', north side');
    expect(await at.field('Location').filter({ visible: true }).inputValue()).toBe('cxhnmtlp Pier 39, north side');
    await at.press('`');
    expect(await at.field('Command line').inputValue()).toBe('half a comm');
    await at.press('Enter');
    await expect.poll(at.echo).toContain('✗');
    // The key again, within the line or from elsewhere: what is typed next takes the refused line's place.
    await at.press('`');
    await at.type('nonsense');
    expect(await at.field('Command line').inputValue()).toBe('nonsense');
    await at.press('Enter', 'Escape', '`', 'Backspace', 'Escape');
    expect(await at.field('Command line').inputValue()).toBe('');
    expect(await at.focused()).toBe('Location');
    expect(await forms.filter({ visible: true }).count()).toBe(1);
    const tabs = await at.page.getByRole('tab', { name: /Call / }).allTextContents();
    expect(new Set(tabs).size, tabs.join(', ')).toBe(tabs.length);
    await at.press('Enter');
    await at.type('fall');
    await at.press('Enter');
    await at.page.getByRole('form').filter({ visible: true }).getByText('Ready to dispatch since').waitFor();
    const number = ((await forms.filter({ visible: true }).getAttribute('aria-label')) ?? '').replace('Call ', '');
    fall = { number, short: number.slice(-5) };
    await rowShows(at, 'Pending', number, 'Pier 39, north side');
    // Nothing that was typed was taken for a key of the incident panel.
    for (const row of await at.grid('Pending').getByRole('row').all())
      expect(await row.textContent()).not.toMatch(/HELD|closed/);
    expect(
      await at
        .grid('Pending')
        .getByRole('row', { name: /^\d\d-/ })
        .count(),
    ).toBe(3);
  });
});

describe('working it', () => {
  it('says in words what a line will do, sends units, and the incident is active', async () => {
    await at.press('F2', '`');
    await at.type(`D M36 ${chest.short}`);
    await at.page
      .getByText(/M36.*· Enter/)
      .first()
      .waitFor();
    await at.press('ControlOrMeta+a', 'Backspace');
    expect(await at.command(`D M36 ${chest.short}`)).toContain(`M36 dispatched ${chest.number}`);
    expect(await at.focused()).toBe('Pending');
    await rowShows(at, 'Active', chest.number, 'M36', 'DP');
    await rowGone(at, 'Pending', chest.number);
    await rowShows(at, 'Units', 'M36', 'DP');
  });

  it('moves a unit through the whole chain by F9 and by codes, unit-first and verb-first', async () => {
    await at.press('F4');
    await at.type('36');
    await expect
      .poll(() => at.grid('Units').getByRole('row', { selected: true }).getAttribute('aria-label'))
      .toBe('M36');
    await at.press('F9');
    await rowShows(at, 'Units', 'M36', 'ER');
    expect(await at.command('SG M36')).toContain('M36 staged');
    await rowShows(at, 'Units', 'M36', 'SG');
    expect(await at.command('M36 OS')).toContain('M36 on scene');
    await rowShows(at, 'Units', 'M36', 'OS');
    await at.press('F4', 'F9');
    await rowShows(at, 'Units', 'M36', 'AP');
    await at.press('F9');
    await expect.poll(at.focused).toBe('Hospital? (“mercy 2”: 2 patients)');
    await at.type('mercy 2');
    await at.page.getByRole('button', { name: 'Mercy Medical Center, 2 patients' }).waitFor();
    await at.press('Enter');
    await rowShows(at, 'Units', 'M36', 'TR', '×2');
    for (const code of ['AH', 'TC']) {
      await at.press('F4', 'F9');
      await rowShows(at, 'Units', 'M36', code);
    }
    const times = at.page.getByRole('list', { name: 'Units and their times' });
    await choose(at, 'F3', chest.short);
    for (const said of ['dispatched', 'en route', 'staged', 'on scene', 'at patient', 'left scene', 'handed over'])
      await expect.poll(() => times.textContent()).toContain(said);
    await expect.poll(() => times.textContent()).toContain('→ Mercy Medical Center, 2 patients');
  });

  it('asks in the line for the hospital where it was not said, and takes it there', async () => {
    expect(await at.command(`D M41 ${fall.short}`)).toContain('M41 dispatched');
    await at.press('`');
    await at.type('TR M41');
    await expect.poll(() => at.page.locator('.command-text').textContent()).toMatch(/hospital/i);
    await at.type(' GENERAL');
    await at.press('Enter');
    await rowShows(at, 'Units', 'M41', 'TR');
    await expect.poll(at.echo).toContain('Harbor General Hospital');
  });

  it('adds a second unit, drops it, moves and swaps', async () => {
    expect(await at.command(`M14,E06 D ${fall.short}`)).toContain('M14 and E06 dispatched');
    await rowShows(at, 'Active', fall.number, 'M14', 'E06');
    expect(await at.command('X E06')).toContain(`E06 canceled ${fall.number}`);
    await rowShows(at, 'Units', 'E06', 'AV');
    expect(await at.command(`MV M14 ${chest.short}`)).toContain(`M14 moved from ${fall.number} to ${chest.number}`);
    await rowShows(at, 'Active', chest.number, 'M14');
    expect(await at.command('SW M14 M27')).toContain('Swapped');
    await rowShows(at, 'Active', chest.number, 'M27');
    await rowShows(at, 'Units', 'M14', 'AV');
  });

  it('asks for the incident that a line lacks, and takes the number where it belongs', async () => {
    expect(await at.command('TR M14 GENERAL')).toContain('Which is it transporting for?');
    await at.type(fall.short);
    await at.press('Enter');
    await expect.poll(at.echo).toContain(`M14 transporting to Harbor General Hospital ${fall.number}`);
    expect(await at.command('X M14')).toContain(`M14 canceled ${fall.number}`);
  });

  it('warns before a busy unit is sent, and sends it on the second Enter alone', async () => {
    expect(await at.command(`D M27 ${fall.short}`)).toMatch(/M27 is dispatched.*Enter again confirms/);
    await at.press('Escape');
    expect(await rowSays(at, 'Active', fall.number)).not.toContain('M27');
    await at.command(`D M27 ${fall.short}`);
    expect(await at.confirm()).toContain('M27 dispatched');
    await rowShows(at, 'Active', fall.number, 'M27');
    // Each of the two calls says that its unit is on the other as well.
    await choose(at, 'F3', chest.short);
    const units = at.page.getByRole('list', { name: 'Units and their times' });
    await expect.poll(() => units.textContent()).toContain(`also on ${fall.number}`);
    // On two incidents by a decision: nothing to settle.
    await at.press('F7');
    await expect.poll(at.echo).toContain('nothing to settle');
    expect(await at.command(`AV M27 ${fall.short}`)).toContain('M27');
    await expect.poll(() => rowSays(at, 'Active', fall.number)).not.toContain('M27');
  });

  it('holds, changes priority and location and nature, notes, links, by commands and by keys in the panel', async () => {
    const other = await takeCall(at, '12 Oak St', 'seizure');
    expect(await at.command(`H ${other.short} waiting for police`)).toContain('on hold');
    await rowShows(at, 'Pending', other.number, 'HELD');
    expect(await at.command(`H ${other.short} 30`)).toContain('until');
    const held = at.page.getByRole('grid', { name: 'Pending', exact: true }).getByText(/HELD \d\d:\d\d/);
    await held.waitFor();
    // Until when it is held can be read to its last digit.
    expect(await held.evaluate((word) => word.getBoundingClientRect().right)).toBeLessThanOrEqual(
      await held.evaluate((word) => word.closest('[role=row]')?.getBoundingClientRect().right ?? 0),
    );
    expect(await at.command(`H ${other.short} OFF`)).toContain('off hold');
    await expect.poll(() => rowSays(at, 'Pending', other.number)).not.toContain('HELD');
    expect(await at.command(`P ${other.short} 1`)).toContain('priority');
    expect(await at.command(`LOC ${other.short} 14 Oak St`)).toContain('location');
    expect(await at.command(`NAT ${other.short} STROKE`)).toContain('nature');
    await rowShows(at, 'Pending', other.number, '14 Oak St', 'Stroke', '1');
    await choose(at, 'F2', other.short);
    await at.press('n');
    await expect.poll(at.focused).toBe('Add to the timeline');
    await at.type('Dog in the yard');
    await at.press('Enter');
    await expect.poll(async () => (await timeline(at)).join('\n')).toContain('Dog in the yard');
    await choose(at, 'F2', other.short);
    await at.press('l');
    await expect.poll(at.focused).toBe('Last digits of the other incident');
    await at.type(chest.short);
    await at.press('Enter');
    await expect
      .poll(() => at.page.getByRole('region', { name: `Incident ${other.number}` }).textContent())
      .toContain(`Linked${chest.number}`);
    // The same call a second time.
    const duplicate = await takeCall(at, '14 Oak Street', 'stroke');
    await expect.poll(at.focused).toBe('Callback');
    await at.type('415 555 0199');
    await at.press('Enter');
    await choose(at, 'F2', duplicate.short);
    await at.press('m');
    await expect.poll(at.focused).toBe('Last digits of the other incident');
    // A digit is part of a number here, never a choice that merges at once.
    await at.type('1');
    expect(await at.field('Last digits of the other incident').inputValue()).toBe('1');
    await at.press('Backspace');
    await at.type(other.short);
    await at.press('Enter');
    await expect.poll(at.echo).toContain(`${duplicate.number} merged into ${other.number}`);
    await rowGone(at, 'Pending', duplicate.number);
    // Its caller is not lost with it, and who writes in it is told that it is another call now.
    await choose(at, 'F2', other.short);
    const known = at.page.getByRole('region', { name: `Incident ${other.number}` });
    for (const said of [`Merged in${duplicate.number}`, '14 Oak Street', '415 555 0199'])
      await expect.poll(() => known.textContent()).toContain(said);
    expect(await at.command(`N ${duplicate.short} blue door`)).toContain(`it is merged into ${other.number}`);
    await expect.poll(() => known.textContent()).toContain('415 555 0199 · 1 note of its own');
  });

  it('amends a time with its reason, and keeps both', async () => {
    await choose(at, 'F3', chest.short);
    await at.press('t');
    await expect.poll(at.focused).toMatch(/^New time|^Time/);
    await at.press('Escape');
    expect(await at.command(`T M36 ${chest.short} OS 00:01 said by radio`)).toMatch(/amended to 00:01/);
    await choose(at, 'F3', chest.short);
    const times = at.page.getByRole('list', { name: 'Units and their times' });
    await expect.poll(() => times.textContent()).toMatch(/on scene 00:01:00 amended/);
    await expect.poll(async () => (await timeline(at)).join('\n')).toContain('said by radio');
  });

  it('closes with a disposition, asking about the units that are still on it, and reopens', async () => {
    expect(await at.command(`C ${fall.short} TRANSPORTED`)).toMatch(/Enter again confirms/);
    expect(await at.confirm()).toContain('closed: Transported');
    await rowGone(at, 'Active', fall.number);
    await rowShows(at, 'Units', 'M41', 'AV');
    expect(await at.command(`RO ${fall.number} called back`)).toContain('reopened');
    await rowShows(at, 'Pending', fall.number, 'Pier 39');
    await choose(at, 'F2', fall.short);
    await at.press('c');
    await at.type('no merit');
    await at.press('Enter');
    await rowGone(at, 'Pending', fall.number);
  });

  it('keeps a refused line with what to do, completes with Tab, and goes back with ↑', async () => {
    expect(await at.command('D M99 12')).toMatch(/^✗/);
    expect(await at.field('Command line').inputValue()).toBe('D M99 12');
    expect(await at.focused()).toBe('Command line');
    await at.press('ControlOrMeta+a');
    await at.type('D M3');
    await at.press('Tab');
    await expect.poll(() => at.field('Command line').inputValue()).toMatch(/^D M36? ?/);
    expect(await at.focused()).toBe('Command line');
    await at.press('ControlOrMeta+a', 'Backspace', 'ArrowUp');
    await expect.poll(() => at.field('Command line').inputValue()).toBe(`RO ${fall.number} called back`);
    await at.press('ArrowUp');
    await expect.poll(() => at.field('Command line').inputValue()).toBe(`C ${fall.short} TRANSPORTED`);
    await at.press('ControlOrMeta+a', 'Backspace', 'Escape');
  });

  it('lists every key and command on F1', async () => {
    await at.press('F1');
    const card = at.page.getByRole('complementary', { name: 'Keys and commands' });
    for (const key of [
      'F1',
      'F2',
      'F3',
      'F4',
      'F5',
      'F6',
      'Shift-F6',
      'F7',
      'F8',
      'F9',
      'F10',
      'Esc',
      'D units',
      'TR units',
    ])
      expect(await card.textContent()).toContain(key);
    await at.press('Escape');
    await expect.poll(() => card.count()).toBe(0);
  });

  it('locks with F10, and unlocks with what was typed still there', async () => {
    await at.press('F5');
    await at.type('9 Elm');
    await at.press('F10');
    await at.field('Password').waitFor();
    expect(await at.page.getByText('9 Elm').count()).toBe(0);
    await at.type(DEMO_SIGN_IN.password);
    await at.press('Enter');
    await at.grid('Pending').waitFor();
    await expect.poll(() => at.field('Location').last().inputValue()).toBe('9 Elm');
  });

  it('without one error in the browser', () => expect(at.errors).toEqual([]));
});
