import { expect, it } from 'vitest';
import { faults } from './axe.ts';
import { choose, takeCall } from './calls.ts';
import { oneConsole } from './one-console.ts';

const at = oneConsole();

it('a call says where it may be one that is open, offers that first, and no more once they are linked', async () => {
  const first = await takeCall(at, '1400 Fulton St / Larkin St', 'chest');
  await at.press('F2');
  const second = await takeCall(at, 'larkin street / 1400 fulton street', 'chest');
  const said = at.page.getByRole('status', { name: 'Same call' }).filter({ visible: true });
  await expect.poll(() => said.textContent()).toMatch(`Same call? ${first.number} · Chest pain · same place · 0:`);
  expect(await said.textContent()).toContain(`M ${second.short} ${first.short} merges`);
  expect(await faults(at.page)).toEqual([]);
  for (const n of [1, 2]) {
    const other = await takeCall(at, `${n} Elsewhere St`, 'chest');
    expect(await at.command(`C ${other.short} CANCELED`)).toContain('closed');
  }
  // Calls that were taken since come behind it.
  await choose(at, 'F2', second.short);
  await at.press('m');
  await expect
    .poll(() => at.page.getByRole('group', { name: 'Merge into' }).getByRole('button').first().textContent())
    .toContain(first.number);
  await at.press('Escape');
  await choose(at, 'F2', first.short);
  await expect
    .poll(() => at.page.getByRole('region', { name: `Incident ${first.number}` }).textContent())
    .toContain(`M ${second.short} ${first.short} merges`);
  expect(await at.command(`L ${second.short} ${first.short}`)).toContain('linked');
  await expect.poll(() => at.page.getByText('Same call?').filter({ visible: true }).count()).toBe(0);
  for (const { short } of [first, second]) expect(await at.command(`C ${short} CANCELED`)).toContain('closed');
});
