/** What a keeper of the master key says where it does not let the center use it, as states that an operator can act on. */
import { CenterFailure } from '../db/failure.ts';

/**
 * `away`: not reached, overloaded or sealed, and may be back by itself. `denied`: it does not know the center, or does not let it.
 * `disabled`: the key is there and may not be used, or not for what was wrapped before. `gone`: there is no such key. `unfit`:
 * it is no key for this.
 */
export type KeeperTrouble = 'away' | 'denied' | 'disabled' | 'gone' | 'unfit';

const TROUBLES: ReadonlySet<string> = new Set([
  'away',
  'denied',
  'disabled',
  'gone',
  'unfit',
] satisfies KeeperTrouble[]);

/** Whether this is what a keeper said, and not something of the data. */
export function isKeeperFailure(error: unknown): boolean {
  return error instanceof CenterFailure && error.code.startsWith('key.') && TROUBLES.has(error.code.slice(4));
}

const THEN: { readonly [T in KeeperTrouble]: string } = {
  away: 'it is asked again with the next use; see that it can be reached and is unsealed',
  denied:
    'see that the center’s credentials are right and not expired, and that they may encrypt and decrypt with this key',
  disabled:
    'enable the key, cancel its deletion, or let its older versions decrypt again; until then nothing that it wrapped opens',
  gone: 'put the key back where it was, or name the right one: without it nothing that it wrapped can ever be opened',
  unfit: 'it has to be a symmetric key that encrypts and decrypts with a context',
};

/** `key.away`, `key.denied`, `key.disabled`, `key.gone` or `key.unfit`. `said`: the keeper's own word for it. */
export function keeperFailure(
  trouble: KeeperTrouble,
  { keeper, key, said }: { readonly keeper: string; readonly key: string; readonly said: string },
  cause?: unknown,
): CenterFailure {
  return new CenterFailure(
    `key.${trouble}`,
    `${keeper} does not let the center use the master key ${key} (${said}); ${THEN[trouble]}.`,
    cause,
  );
}
