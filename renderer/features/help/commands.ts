/** The commands as the help card lists them. */
export const COMMANDS: readonly { readonly line: string; readonly does: string }[] = [
  { line: 'D M36 10418', does: 'Dispatch a unit; M36 D 10418 does the same' },
  { line: 'D M36,E06 10418', does: 'Dispatch several' },
  { line: 'ER M36', does: 'A status by its code: AK, ER, SG, OS, AP, AH, TC, AV, PO' },
  { line: 'TR M36 MERCY', does: 'Transporting to a hospital' },
  { line: 'OOS M36 restock 20', does: 'Out of service: reason, minutes' },
  { line: 'N 10418 text', does: 'Note' },
  { line: 'P 10418 1', does: 'Priority' },
  { line: 'X M36', does: 'Cancel a unit' },
  { line: 'C M36', does: 'Clear a unit' },
  { line: 'C 10418 dispo', does: 'Close an incident' },
  { line: 'SW M36 M14', does: 'Swap two units' },
  { line: 'H 10418', does: 'Hold, or release' },
  { line: '? D', does: 'What a command does' },
];
