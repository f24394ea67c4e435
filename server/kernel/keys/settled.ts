/** Two rotations may pass between a row's being read and its being opened: where one did not open, all are read again. */
export async function settled<T extends { readonly whole: boolean }>(read: () => Promise<T>): Promise<T> {
  const first = await read();
  return first.whole ? first : read();
}
