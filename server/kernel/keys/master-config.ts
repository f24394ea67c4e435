/** Where the master key is: `file:PATH`, `aws-kms:ARN` or `vault:URL/KEY`, as QD_MASTER_KEY says it. */
import { readFile } from 'node:fs/promises';
import { CenterFailure } from '../db/failure.ts';
import { openAuthority } from '../http/tls.ts';
import { newKeyBytes, readKeyFile } from './key-file.ts';
import { type MasterKey, type MasterKeys, masterKeyOf } from './master.ts';
import { isKeyArn, kmsMasterKey } from './master-kms.ts';
import { vaultMasterKey } from './master-vault.ts';

export interface MasterConfig {
  /** QD_MASTER_KEY; the file of the data folder where it is left out. */
  readonly key?: string | undefined;
  /** QD_MASTER_KEY_OLD: master keys of before, separated by commas, that may still have wrapped something. */
  readonly old?: string | undefined;
  /** VAULT_TOKEN, or a file that an agent keeps it in (VAULT_TOKEN_FILE), and VAULT_NAMESPACE. */
  readonly vaultToken?: string | undefined;
  readonly vaultTokenFile?: string | undefined;
  readonly vaultNamespace?: string | undefined;
  /** QD_AUTHORITY: a file with the authority by whose word alone Vault is taken. */
  readonly authorityFile?: string | undefined;
}

/** What of the environment says where master keys are. */
export function masterConfigOf(env: NodeJS.ProcessEnv): MasterConfig {
  return {
    key: env.QD_MASTER_KEY,
    old: env.QD_MASTER_KEY_OLD,
    vaultToken: env.VAULT_TOKEN,
    vaultTokenFile: env.VAULT_TOKEN_FILE,
    vaultNamespace: env.VAULT_NAMESPACE,
    authorityFile: env.QD_AUTHORITY,
  };
}

/**
 * Opens the master keys. A key file is made only where there is no data yet. Throws CenterFailure `key.config` for what cannot
 * be meant, and what {@link readKeyFile} throws.
 */
export async function openMasterKeys(
  config: MasterConfig,
  defaultFile: string,
  dataExists: boolean,
): Promise<MasterKeys> {
  const current = await openMasterKey(config.key || `file:${defaultFile}`, config, !dataExists);
  const old = (config.old ?? '').split(',').filter((spec) => spec.trim() !== '');
  const others = await Promise.all(old.map((spec) => openMasterKey(spec, config, false)));
  return { current, others: others.filter(({ id }) => id !== current.id) };
}

/** Opens one. `make`: a key file that is not there is made. */
async function openMasterKey(spec: string, config: MasterConfig, make: boolean): Promise<MasterKey> {
  const [, scheme = '', where = ''] = /^([a-z-]+):(.+)$/.exec(spec.trim()) ?? [];
  switch (scheme) {
    case 'file':
      return masterKeyOf(await readKeyFile(where, make ? newKeyBytes : null));
    case 'aws-kms':
      if (!isKeyArn(where)) {
        throw wrong('aws-kms: is followed by the ARN of a key, arn:aws:kms:REGION:ACCOUNT:key/ID.');
      }
      return kmsMasterKey(where);
    case 'vault':
      return vault(where, config);
    default:
      throw wrong('It is file:PATH, aws-kms:ARN or vault:URL/KEY.');
  }
}

async function vault(where: string, config: MasterConfig): Promise<MasterKey> {
  const { vaultToken, vaultTokenFile, vaultNamespace, authorityFile } = config;
  const [, url, key] = /^(https?:\/\/[^/?#@]+)\/([\w.-]+)$/.exec(where) ?? [];
  if (url === undefined || key === undefined) {
    throw wrong('vault: is followed by the address of Vault and the name of a transit key, https://HOST:PORT/KEY.');
  }
  const { hostname, protocol } = new URL(url);
  if (protocol === 'http:' && !['127.0.0.1', '[::1]', 'localhost'].includes(hostname)) {
    throw wrong('Vault is reached over https, or over loopback.');
  }
  if (vaultToken === undefined && vaultTokenFile === undefined) {
    throw new CenterFailure(
      'key.config',
      'The master key is in Vault, and there is no token; set VAULT_TOKEN or VAULT_TOKEN_FILE.',
    );
  }
  const token = async (): Promise<string> =>
    vaultTokenFile === undefined ? (vaultToken ?? '') : (await readFile(vaultTokenFile, 'utf8')).trim();
  const authority = authorityFile === undefined ? null : await openAuthority(authorityFile);
  return vaultMasterKey({ url, key, token, namespace: vaultNamespace, authority });
}

function wrong(sentence: string): CenterFailure {
  return new CenterFailure('key.config', `QD_MASTER_KEY does not say where the master key is. ${sentence}`);
}
