/** The doors of keys: which there are, and rotating each level while everything runs. */
import { z } from 'zod';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { KeyLevelSchema, type KeysOut, KeysOutSchema, RotateInSchema } from '#domain/identity/api/keys.ts';
import type { Scope } from '../db/database.ts';
import { CenterFailure } from '../db/failure.ts';
import { Problem } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import { scopeOf } from '../http/scope.ts';
import type { CenterContext } from '../part.ts';
import type { CallbackIndex } from './callback-index.ts';
import { resealSecrets, type SealedColumn } from './reseal.ts';
import {
  announceKey,
  type RotationPorts,
  rewrapEntities,
  rewrapUnder,
  rotateInner,
  rotateOrganisation,
} from './rotate.ts';
import { keysOf } from './shown.ts';

export interface KeyPorts extends RotationPorts, Pick<CenterContext, 'logger'> {
  readonly callbacks: Pick<CallbackIndex, 'reindex'>;
  /** Where every part keeps its secrets. */
  readonly sealed: () => readonly SealedColumn[];
}

type Level = z.infer<typeof KeyLevelSchema>;

export function keyRoutes(ports: KeyPorts): readonly Route[] {
  /** What runs in the background for an organisation, on this node. */
  const running = new Map<string, NonNullable<KeysOut['progress']>>();

  const shown = (scope: Scope): Promise<KeysOut> =>
    ports.db.inOrgClient(scope, async (client) => ({
      keys: [...(await keysOf(client, scope.org, ports.masters.current.id, ports.sealed()))],
      progress: running.get(scope.org) ?? null,
    }));

  const inBackground = (scope: Scope, level: Level, total: number, step: () => Promise<number>): void => {
    const { org } = scope;
    if (running.get(org)?.failed === false) return;
    let done = 0;
    const say = (failed: boolean): void => void running.set(org, { level, done, total: Math.max(total, done), failed });
    say(false);
    const go = async (): Promise<void> => {
      for (let moved = await step(); moved > 0; moved = await step()) {
        done += moved;
        say(false);
      }
      running.delete(org);
    };
    // What is left of it is seen in the keys, and rotating again goes on with it.
    go().catch((error: unknown) => {
      say(true);
      const why = error instanceof CenterFailure ? { why: error.message } : {};
      const { code = '' } = error as { readonly code?: string };
      ports.logger.warn({ org, rotating: level, code, ...why }, 'what is under an old key could not be moved');
    });
  };

  const held = async (scope: Scope, level: Level): Promise<number> =>
    (await shown(scope)).keys
      .filter((key) => key.state === 'retired' && (level === 'entity' ? key.level === 'site' : key.level === level))
      .reduce((sum, { holds }) => sum + (holds ?? 0), 0);

  const sites = async (scope: Scope, site: string | undefined): Promise<readonly string[]> => {
    const { rows } = await ports.db.inOrgClient(scope, (client) =>
      client.query<{ site: string }>(
        'select site from kernel.site where org = $1 and ($2::text is null or site = $2) order by site',
        [scope.org, site ?? null],
      ),
    );
    if (rows.length === 0) throw new Problem(404, 'site.unknown', 'This site is not known.', { field: 'site' });
    return rows.map((row) => row.site);
  };

  const rotate = async (scope: Scope, level: Level, site: string | undefined): Promise<void> => {
    switch (level) {
      case 'master':
        await rewrapUnder(ports, scope, ports.masters.current);
        return;
      case 'organisation':
        await rotateOrganisation(ports, scope);
        return;
      case 'site':
        for (const one of await sites(scope, site)) await announceKey(ports, scope, 'site', one);
        return;
      case 'signing':
        await announceKey(ports, scope, 'signing', null);
        return;
      case 'entity':
        return inBackground(scope, level, await held(scope, level), () => rewrapEntities(ports, scope));
      case 'secrets':
        await rotateInner(ports, scope, 'secrets');
        return inBackground(scope, level, await held(scope, level), () => resealSecrets(ports, scope, ports.sealed()));
      case 'index':
        await rotateInner(ports, scope, 'index');
        return inBackground(scope, level, await held(scope, level), () => ports.callbacks.reindex(scope.org));
    }
  };

  return [
    route({
      method: 'GET',
      path: '/v1/keys',
      title: 'The keys of the organisation: their ages, their states, and what is under an old one',
      access: 'user',
      action: IDENTITY_ACTIONS['keys.read'],
      output: KeysOutSchema,
      handler: ({ caller, request, reason }) => shown(scopeOf(caller, request, reason)),
    }),
    route({
      method: 'POST',
      path: '/v1/keys/{level}/rotate',
      title: 'Rotate the keys of a level; nothing stops, and what was sealed stays readable',
      access: 'user',
      action: IDENTITY_ACTIONS['keys.rotate'],
      params: z.strictObject({ level: KeyLevelSchema }),
      body: RotateInSchema,
      output: KeysOutSchema,
      handler: async ({ caller, params: { level }, body: { site }, request, reason }) => {
        const scope = scopeOf(caller, request, reason);
        await rotate(scope, level, site);
        await ports.db.inOrgClient(scope, (client) =>
          client.query('select audit.note_act($1, $2, $3, $4)', [
            'act',
            `keys.${level}`,
            site ?? null,
            JSON.stringify({ act: 'rotated' }),
          ]),
        );
        return shown(scope);
      },
    }),
    route({
      method: 'POST',
      path: '/v1/operator/keys/master/rotate',
      title: 'Wrap the key of every organisation under the master key of now',
      access: 'operator',
      output: z.strictObject({ organisations: z.int(), moved: z.int() }),
      handler: async ({ request }) => {
        const { rows } = await ports.db.pool.query<{ org: string }>('select org from kernel.organisations() org');
        let moved = 0;
        for (const { org } of rows) {
          if (await rewrapUnder(ports, { org, actor: 'operator', request }, ports.masters.current)) moved++;
        }
        return { organisations: rows.length, moved };
      },
    }),
  ];
}
