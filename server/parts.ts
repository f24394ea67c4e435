/** What the center is made of: each part with what it needs beyond what every part is given. */
import { auditRoutes } from './kernel/audit/routes.ts';
import { stationReadRoutes } from './kernel/audit/station-reads.ts';
import type { Database } from './kernel/db/database.ts';
import { handedOverRoutes } from './kernel/entities/handed-over.ts';
import { entityRoutes } from './kernel/entities/routes.ts';
import type { Outbound } from './kernel/http/outbound.ts';
import { signedRoster } from './kernel/identity/devices/roster.ts';
import { identityPart } from './kernel/identity/part.ts';
import type { IdentityPorts } from './kernel/identity/ports.ts';
import { ssoRoutes } from './kernel/identity/sso/routes.ts';
import { SSO_SECRET } from './kernel/identity/sso/settings.ts';
import { pushTaker } from './kernel/intake/queue.ts';
import type { Verify } from './kernel/intake/signature-checks.ts';
import type { CallbackIndex } from './kernel/keys/callback-index.ts';
import type { MasterKeys } from './kernel/keys/master.ts';
import { keyRoutes } from './kernel/keys/routes.ts';
import type { DestroyPorts } from './kernel/organisation/destroy.ts';
import { operatorRoutes } from './kernel/organisation/operator-routes.ts';
import { organisationRoutes } from './kernel/organisation/routes.ts';
import type { CenterContext, CenterPart } from './kernel/part.ts';
import { securityRoutes } from './kernel/security/routes.ts';
import { statusRoutes } from './kernel/status/routes.ts';
import { syncRoutes } from './kernel/sync/routes.ts';
import type { TimeWatch } from './kernel/time/leap.ts';
import { timeRoutes } from './kernel/time/routes.ts';
import { type VerificationPorts, verificationRoutes } from './kernel/verification/routes.ts';
import { handoffPart } from './modules/cad/handoff/part.ts';
import { keepingPart } from './modules/cad/keeping/part.ts';
import { demoPart } from './modules/demo/seed.ts';
import { documentsPart } from './modules/documents/part.ts';
import { epcrPart } from './modules/epcr/part.ts';
import { requestsPart } from './modules/requests/part.ts';
import { showingNeighbours } from './modules/sites/neighbours.ts';
import { siteRecordRoutes } from './modules/sites/records.ts';
import { siteRoutes } from './modules/sites/routes.ts';
import { type WebhookOptions, webhooksPart } from './modules/webhooks/part.ts';

export interface PartsOptions extends Pick<VerificationPorts, 'seals' | 'checkpoints'> {
  readonly ports: IdentityPorts;
  /** Connections that facts have of their own. */
  readonly emergency: Database;
  readonly masters: MasterKeys;
  readonly callbacks: CallbackIndex;
  readonly outbound: Outbound;
  readonly verify: Verify;
  /** Seals an organisation's audit at once. */
  readonly sealNow: DestroyPorts['sealNow'];
  readonly time: TimeWatch;
  readonly webhooks: WebhookOptions;
}

/** In the order in which they are started, and told of what was committed. */
export function partsOf(context: CenterContext, options: PartsOptions): readonly CenterPart[] {
  const { ports, callbacks, masters, seals, checkpoints, sealNow, time } = options;
  const parts: readonly CenterPart[] = [
    identityPart(ports),
    { name: 'sync', routes: syncOver(context, options) },
    { name: 'entities', routes: [...entityRoutes({ ...context, callbacks }), ...handedOverRoutes(context)] },
    { name: 'audit', routes: [...auditRoutes(context), ...stationReadRoutes(context)] },
    {
      name: 'keys',
      routes: keyRoutes({ ...context, masters, callbacks, sealed: () => parts.flatMap(({ sealed = [] }) => sealed) }),
      committed: callbacks.committed,
      start: callbacks.start,
    },
    { name: 'verification', routes: verificationRoutes({ ...context, seals, checkpoints }) },
    {
      name: 'organisation',
      routes: [
        ...organisationRoutes(context),
        ...operatorRoutes({ ...context, sealNow, time }),
        ...timeRoutes({ ...context, time }),
      ],
    },
    { name: 'security', routes: [...securityRoutes(context), ...statusRoutes(context, context.clock())] },
    { name: 'sso', routes: ssoRoutes({ ...ports, logger: context.logger }, options.outbound), sealed: [SSO_SECRET] },
    { name: 'sites', routes: [...siteRoutes(ports), ...siteRecordRoutes(context)], ...showingNeighbours(context) },
    handoffPart(context),
    keepingPart(context),
    epcrPart(context),
    documentsPart(context),
    requestsPart(context),
    webhooksPart(context, options.webhooks),
    ...(context.demo ? [demoPart(ports)] : []),
  ];
  return parts;
}

/** Facts in and out, over connections of their own. */
function syncOver(
  { log, keys, clock, random, rosterChanged, eventRaised }: CenterContext,
  { ports, emergency, verify, callbacks }: PartsOptions,
): CenterPart['routes'] {
  const world = { clock, random };
  return syncRoutes({
    db: emergency,
    ...{ log, keys, world, rosterChanged, eventRaised },
    readable: (org, refs) => callbacks.committed({ org, facts: [], opened: refs }),
    take: pushTaker(log, keys.centerKeys, world, verify),
    rosterOf: (org, site, known) => signedRoster({ ...ports, db: emergency }, org, site, known),
  });
}
