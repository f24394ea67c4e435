/**
 * Whether somebody still works in this part of the page, or nowhere. An answer may come late: whoever has gone on by then, to
 * the command line or a new call, is typing there, and the next keys must not go elsewhere.
 */
export function isWorkingIn(part: Element | null | undefined): boolean {
  const at = document.activeElement;
  return at === null || at === document.body || (part?.contains(at) ?? false);
}
