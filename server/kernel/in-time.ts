/** The answer, where it comes within `ms`; rejects, saying that `who` is late, where it does not. What was asked goes on. */
export function inTime<T>(answer: Promise<T>, ms: number, who: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${who} is late`)), ms);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
