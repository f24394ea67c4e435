/** What the center signs with for an organisation, as its rows say it and its key opens them. */
import type { Clock } from '#domain/kernel/ids.ts';
import { type Signer, signerOf } from '#sealing/signing.ts';
import type { Database } from '../db/database.ts';
import { CenterFailure } from '../db/failure.ts';
import { remembered } from '../remembered.ts';
import { signingContext } from './contexts.ts';
import { IN_ORDER, type KeptKey, READ_LIFE_MS, stateOf } from './kept.ts';
import type { OrgKeys } from './org-key.ts';
import type { CenterKeys, KeyRing } from './ring.ts';
import { settled } from './settled.ts';

interface SigningKeys extends Pick<KeyRing, 'centerKeys' | 'signerKnownTo'> {
  readonly forget: (org: string) => void;
}

interface Signing extends CenterKeys {
  readonly signers: readonly Signer[];
}

export function signingKeys(db: Database, keys: Pick<OrgKeys, 'open'>, clock: Clock): SigningKeys {
  const known = remembered<Signing>({ clock, lifeMs: READ_LIFE_MS });

  const read = async (org: string) => {
    const { rows } = await db.inOrgClient({ org, actor: 'center' }, (client) =>
      client.query<KeptKey>(`select id, wrapped, active_at, retired_at from keys.signing where org = $1 ${IN_ORDER}`, [
        org,
      ]),
    );
    // A key counts by what is wrapped beside it: whoever can write rows could name one of their own.
    const signers: Signer[] = [];
    for (const { id, wrapped } of rows) {
      const privateKey = await keys.open(org, wrapped, signingContext(org, id));
      const signer = privateKey && signerOf(privateKey.toString('utf8'));
      if (signer?.publicKey === id) signers.push(signer);
    }
    return { whole: signers.length === rows.length, signers, first: rows[0] };
  };
  const signing = (org: string): Promise<Signing> =>
    known.get(org, async () => {
      const { signers, first } = await settled(() => read(org));
      const [signer] = signers;
      if (!signer || !first || signer.publicKey !== first.id || stateOf(first) !== 'active') {
        throw new CenterFailure('key.signing', `Organisation ${org} has no signing key here.`);
      }
      return { signer, signers, publicKeys: signers.map(({ publicKey }) => publicKey) };
    });

  return {
    centerKeys: async (org) => {
      const { signer, publicKeys } = await signing(org);
      return { signer, publicKeys };
    },
    signerKnownTo: async (org, publicKeys) => {
      const { signer, signers } = await signing(org);
      return signers.find(({ publicKey }) => publicKeys.includes(publicKey)) ?? signer;
    },
    forget: (org) => known.forget((name) => name === org),
  };
}
