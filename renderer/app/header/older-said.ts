/** What is said of workstations of an older build while they are at the site. Pure. */
import type { OlderBuild } from '#domain/bridge/topics.ts';
import { listed } from '#domain/cad/sentences/words.ts';

/** Most workstations that the header names. */
const MOST_NAMED = 2;

/** For the header, and empty where there is none. */
export function olderNamed(older: readonly OlderBuild[]): string {
  if (older.length === 0) return '';
  const names = older.slice(0, MOST_NAMED).map(({ name }) => name);
  const more = older.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}: older version`;
}

/** One sentence or two on each: what it does not show, what is held back for it, and the way out. */
export function olderSaid({ name, heldBack, partlyShown }: OlderBuild): string {
  const quoted = (titles: readonly string[]): string => listed(titles.map((title) => `“${title}”`));
  return [
    `${name} runs an older version.`,
    partlyShown.length > 0
      ? `It cannot read ${quoted(partlyShown)}: a unit or incident that has one is partly shown there; tell it by voice.`
      : '',
    heldBack.length > 0 ? `Nobody can enter ${quoted(heldBack)} until it is updated or revoked.` : '',
  ]
    .filter(Boolean)
    .join(' ');
}
