/** What the center makes of a station's greeting: whether its own past is whole, and what it wants of the station. */
import { uuidV7 } from '#domain/kernel/ids.ts';
import { type Ack, ackText } from '#domain/kernel/stream.ts';
import type { HelloIn, HelloOut } from '#domain/wire/sync.ts';
import { signatureHolds } from '#sealing/signing.ts';
import type { World } from './own.ts';
import type { CenterLog, LogPosition } from './port.ts';
import { standsElsewhere } from './pull.ts';

export interface Greeted extends Pick<HelloOut, 'epoch' | 'head' | 'wants'> {
  /** Why a new epoch began, or null. */
  readonly began: string | null;
}

/**
 * Answers a greeting. A new epoch begins where the station shows that the center once held what it does not: an
 * acknowledgment the center signed for a position it does not have, a cursor of this epoch beyond the stream's head, or one
 * on another item than the center's, whose stream has grown past it again. An acknowledgment of an earlier epoch says
 * nothing: its loss has been dealt with.
 */
export async function greet(
  log: CenterLog,
  publicKeys: readonly string[],
  world: World,
  org: string,
  site: string,
  input: Pick<HelloIn, 'cursor' | 'cursorHash' | 'logs'>,
): Promise<Greeted> {
  const epoch = await log.epoch(org);
  const positions = await log.positions(
    org,
    input.logs.map((held) => held.log),
  );
  const head = await log.streamHead(org, site);
  const known = new Set(await log.epochs(org));
  const lost = input.logs.find(
    ({ log: name, ack }) =>
      ack !== null &&
      ack.log === name &&
      (ack.epoch === epoch || !known.has(ack.epoch)) &&
      ack.seq > (positions.get(name)?.seq ?? 0) &&
      publicKeys.some((key) => ackHolds(key, ack)),
  );
  const cursor = input.cursor?.epoch === epoch ? input.cursor : null;
  const began = lost
    ? 'a station showed an acknowledgment for a position that is not here'
    : cursor && cursor.n > head
      ? 'a station had read further than the stream goes'
      : cursor && input.cursorHash && (await standsElsewhere(log, org, site, cursor, input.cursorHash))
        ? 'a station had read another stream than the one that is here'
        : null;
  if (began !== null) {
    const forgotten = forgottenOf(input.logs, known, publicKeys);
    await log.beginEpoch(org, uuidV7(world.clock(), world.random), began, { foundIn: epoch, forgotten });
  }
  return {
    epoch: began === null ? epoch : await log.epoch(org),
    head,
    wants: input.logs.flatMap((held) => wanted(site, held, positions.get(held.log))),
    began,
  };
}

/**
 * Epochs in which the center acknowledged something and that it does not know. Their loss is dealt with by the epoch that begins:
 * where the center can get nothing more of such a log, its acknowledgment would begin another with every greeting.
 */
function forgottenOf(
  logs: HelloIn['logs'],
  known: ReadonlySet<string>,
  publicKeys: readonly string[],
): readonly string[] {
  const forgotten = new Set<string>();
  for (const { ack } of logs) {
    if (ack === null || known.has(ack.epoch) || forgotten.has(ack.epoch)) continue;
    if (publicKeys.some((key) => ackHolds(key, ack))) forgotten.add(ack.epoch);
  }
  return [...forgotten];
}

function ackHolds(key: string, { sig, ...said }: Ack): boolean {
  return signatureHolds(key, ackText(said), sig);
}

/** The first position the center lacks of what the station holds, a hole that nobody has filled included. */
function wanted(
  site: string,
  held: { readonly log: string; readonly seq: number },
  position: LogPosition | undefined,
): HelloOut['wants'] {
  // What a station holds of another site's log is that site's to bring.
  if (position && position.site !== null && position.site !== site) return [];
  const hole = position?.holes.find(([from]) => from <= held.seq)?.[0];
  const from = hole ?? (position?.seq ?? 0) + 1;
  return from <= held.seq ? [{ log: held.log, from }] : [];
}
