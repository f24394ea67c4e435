import { beforeEach, describe, expect, it } from 'vitest';
import type { Decision, Rule } from '../../kernel/decision.ts';
import { entityRef } from '../../kernel/ids.ts';
import type { Json } from '../../kernel/json.ts';
import { isReadable } from '../../kernel/readable.ts';
import { effectsOf } from '../../modules.ts';
import type { ActionName } from '../actions/inputs.ts';
import { decideCommand } from '../command/run.ts';
import { MOST_CONFIRMED_TEXT } from '../facts.ts';
import type { Console } from '../testing/memory-world.ts';
import { act } from '../testing/random-actions.ts';
import { atTwoCalls } from '../testing/typed-lines.ts';
import { timelineRows } from '../views/timeline.ts';

const [X, Y] = ['k1', 'k2'];
let at: Console;
beforeEach(() => {
  at = atTwoCalls();
});

/** What a window is asked with, as it came to it. */
function asked(name: ActionName, input: object): readonly Rule[] {
  const decided = act(name, input, at);
  if (decided.ok || !('decision' in decided)) throw new Error(`${name} asked nothing`);
  return (decided.decision as Decision).rules;
}
const told = (id: string) => {
  const ref = entityRef('incident', id);
  return timelineRows(ref, at.world.factsOf(ref), at.world).map(({ said, detail }) => [said, detail]);
};
const bodyOf = (type: string) => at.world.facts().findLast((fact) => fact.type === type)?.content;

describe('what was confirmed', () => {
  it('stands in the fact that it led to and in its timeline, in the words that were shown', () => {
    act('unit.dispatch', { incident: X, units: ['m36'] }, at);
    const confirmed = asked('unit.dispatch', { incident: Y, units: ['m36', 'e06'] });
    act('unit.status', { unit: 'm36', code: 'ER' }, at);
    act('unit.dispatch', { incident: Y, units: ['m36', 'e06'], confirm: true, confirmed }, at);
    expect(told(Y).slice(-2)).toEqual([
      ['M36 dispatched', 'Confirmed, though warned: M36 is dispatched 26-K0001.'],
      ['E06 dispatched', ''],
    ]);
    expect(bodyOf('unit.dispatched')).not.toHaveProperty('confirmed');
  });

  it('is of each unit what concerns it, and of a call that lacks its place or nature each of them', () => {
    act('incident.open', {}, at);
    act('unit.emergency', { unit: 'm36', emergency: 'declared' }, at);
    const confirmed = asked('unit.dispatch', { incident: 'k3', units: ['m36', 'e06'] });
    act('unit.dispatch', { incident: 'k3', units: ['m36', 'e06'], confirm: true, confirmed }, at);
    expect(told('k3').slice(-2)).toEqual([
      [
        'M36 dispatched',
        'Confirmed, though warned: 26-K0003 has no location and no nature yet. M36 has an emergency that is not over.',
      ],
      ['E06 dispatched', 'Confirmed, though warned: 26-K0003 has no location and no nature yet.'],
    ]);
  });

  it('is said of a call that was closed with units on it', () => {
    act('unit.dispatch', { incident: X, units: ['m36'] }, at);
    const confirmed = asked('incident.close', { incident: X, disposition: 'Done' });
    act('incident.close', { incident: X, disposition: 'Done', units: 'clear', confirmed }, at);
    expect(told(X).at(-1)).toEqual(['Closed: Done', 'Confirmed, though warned: M36 is still on 26-K0001.']);
  });

  it('goes with the line that was confirmed', () => {
    const line = (confirmed?: readonly Rule[]) =>
      decideCommand(
        { line: 'D M36 0002', selected: null, ...(confirmed ? { confirm: true, confirmed } : {}) },
        at.world,
        at.means,
      );
    act('unit.dispatch', { incident: X, units: ['m36'] }, at);
    const first = line();
    if (first.ok || !('decision' in first)) throw new Error('it asked nothing');
    const again = line(first.decision.rules);
    expect(again).toMatchObject({
      ok: true,
      value: {
        drafts: [{ body: { confirmed: [{ rule: 'unit.busy@1', said: 'M36 is dispatched 26-K0001.' }] } }],
      },
    });
  });

  it('is not what came up after the question: that is asked in its turn', () => {
    act('unit.dispatch', { incident: X, units: ['m36'] }, at);
    const confirmed = asked('unit.dispatch', { incident: Y, units: ['m36'] });
    act('unit.emergency', { unit: 'm36', emergency: 'declared' }, at);
    const again = asked('unit.dispatch', { incident: Y, units: ['m36'], confirm: true, confirmed });
    expect(again.map(({ rule }) => rule)).toEqual(['unit.in_need@1', 'unit.busy@1']);
    const both = act('unit.dispatch', { incident: Y, units: ['m36'], confirm: true, confirmed: again }, at);
    expect(both.ok).toBe(true);

    const closing = asked('incident.close', { incident: X, disposition: 'Done' });
    act('unit.dispatch', { incident: X, units: ['e06'] }, at);
    asked('incident.close', { incident: X, disposition: 'Done', units: 'clear', confirmed: closing });
  });

  it('is nothing where nobody was shown anything, and nothing that no gate says', () => {
    act('unit.dispatch', { incident: X, units: ['m36'] }, at);
    act('unit.dispatch', { incident: Y, units: ['m36'], confirm: true }, at);
    expect(bodyOf('unit.dispatched')).not.toHaveProperty('confirmed');
    const made = [{ rule: 'unit.made_up@1', verdict: 'REQUIRE_CONFIRMATION', reason: 'Made up.', evidence: [] }];
    act('unit.dispatch', { incident: X, units: ['e06'], confirm: true, confirmed: made }, at);
    expect(bodyOf('unit.dispatched')).not.toHaveProperty('confirmed');
  });

  it('changes nothing of what is folded: a build that does not know it reads past it', () => {
    act('unit.dispatch', { incident: X, units: ['m36'] }, at);
    const confirmed = asked('unit.dispatch', { incident: Y, units: ['m36'] });
    act('unit.dispatch', { incident: Y, units: ['m36'], confirm: true, confirmed }, at);
    const sent = at.world.facts().findLast(({ type }) => type === 'unit.dispatched');
    if (!sent) throw new Error('nothing was sent');
    const { confirmed: kept, ...known } = sent.content as { readonly confirmed: Json; readonly code: string };
    expect(kept).toEqual([{ rule: 'unit.busy@1', said: 'M36 is dispatched 26-K0001.' }]);
    expect(effectsOf(sent)).toEqual(effectsOf({ ...sent, content: known }));
  });

  it('never keeps a fact from being written, however much was shown', () => {
    act('unit.dispatch', { incident: X, units: ['m36'] }, at);
    const [shown] = asked('incident.close', { incident: X, disposition: 'Done' });
    const long = [{ ...shown, reason: 'M'.repeat(5_000) }];
    const closed = act('incident.close', { incident: X, disposition: 'Done', units: 'leave', confirmed: long }, at);
    expect(closed.ok).toBe(true);
    expect(told(X).at(-1)?.[1]?.length).toBeLessThan(MOST_CONFIRMED_TEXT + 60);
  });

  it('is cut between letters, and not within one', () => {
    act('unit.dispatch', { incident: X, units: ['m36'] }, at);
    const [shown] = asked('incident.close', { incident: X, disposition: 'Done' });
    const long = [{ ...shown, reason: `${'M'.repeat(MOST_CONFIRMED_TEXT - 1)}🚒` }];
    act('incident.close', { incident: X, disposition: 'Done', units: 'leave', confirmed: long }, at);
    const { confirmed } = bodyOf('incident.closed') as { readonly confirmed: readonly { readonly said: string }[] };
    expect(confirmed.map(({ said }) => isReadable(said))).toEqual([true]);
  });
});
