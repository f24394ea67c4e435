/** What committed transactions of any node say (LISTEN), heard over a connection of its own that is made anew when it breaks. */
import pg from 'pg';

const AGAIN_MS = 500;
/** A connection that broke without a word is noticed by asking: it is lost where it has not answered by the next time. ms */
const ASK_EVERY_MS = 5_000;

/** `onHeard` gets null each time that something may have been missed: at first, and after each break. */
export function listenOn(
  url: string,
  channel: string,
  onHeard: (said: string | null) => void,
  askEvery = ASK_EVERY_MS,
): () => Promise<void> {
  let client: pg.Client | null = null;
  let again: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  const lost = (of: pg.Client): void => {
    if (client !== of) return;
    client = null;
    of.end().catch(() => undefined);
    if (!stopped) again = setTimeout(connect, AGAIN_MS);
  };
  const connect = (): void => {
    const made = new pg.Client({
      connectionString: url,
      application_name: 'quantum-dispatch listening',
      keepAlive: true,
      connectionTimeoutMillis: askEvery,
    });
    client = made;
    made.on('error', () => lost(made));
    made.on('end', () => lost(made));
    made.on('notification', (notice) => onHeard(notice.payload ?? ''));
    made
      .connect()
      .then(() => made.query(`listen ${pg.escapeIdentifier(channel)}`))
      .then(
        () => !stopped && onHeard(null),
        () => lost(made),
      );
  };
  let unanswered: pg.Client | null = null;
  const asking = setInterval(() => {
    const asked = client;
    if (asked === null) return;
    if (unanswered === asked) {
      lost(asked);
      return;
    }
    unanswered = asked;
    asked.query('select 1').then(
      () => {
        if (unanswered === asked) unanswered = null;
      },
      () => lost(asked),
    );
  }, askEvery);
  asking.unref();
  connect();
  return async () => {
    stopped = true;
    clearInterval(asking);
    clearTimeout(again);
    await client?.end().catch(() => undefined);
  };
}
