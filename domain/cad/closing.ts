/** What of dispatch comes to an end. Units go on for years, as does whatever else there is: of them nobody is ever told everything. */

export const CLOSING_KINDS = ['incident', 'assignment'] as const;

export function closes(kind: string): boolean {
  return CLOSING_KINDS.some((one) => one === kind);
}
