/** The doors of second factors: a person's own, confirming who one is, and an administrator's reset. */
import { z } from 'zod';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import {
  FactorAddedOutSchema,
  PasskeyInSchema,
  PasskeyOptionsOutSchema,
  PasskeyRenameInSchema,
  RecoveryCodesOutSchema,
  SecondFactorsOutSchema,
  StepUpInSchema,
  StepUpOptionsOutSchema,
  StepUpOutSchema,
  TotpBeginOutSchema,
  TotpConfirmInSchema,
} from '#domain/identity/api/mfa.ts';
import type { AuthenticatedUser } from '../../http/auth.ts';
import { Problem, taken } from '../../http/problem.ts';
import { type Route, route } from '../../http/route.ts';
import { scopeOf } from '../../http/scope.ts';
import { limited } from '../limits.ts';
import type { IdentityPorts } from '../ports.ts';
import type { IdentityTables } from '../tables.ts';
import { type WorksAt, worksAt } from '../works-at.ts';
import * as enrol from './enrol.ts';
import { factorsOf, factorsShown, isRequired } from './held.ts';
import { resetFactors } from './reset.ts';
import { stepUp, stepUpOptions } from './step-up.ts';

const Id = z.string().min(1).max(128);
const Nothing = z.strictObject({});
const READ = IDENTITY_ACTIONS['me.security.read'];
const CHANGE = IDENTITY_ACTIONS['me.security.change'];
const PROVE = IDENTITY_ACTIONS['me.prove'];
const RESET = IDENTITY_ACTIONS['people.reset_second_factor'];

export function secondFactorRoutes(ports: IdentityPorts): readonly Route[] {
  const shown = ({ org, user, roles, secondFactor }: AuthenticatedUser) =>
    ports.db.inOrg<IdentityTables, z.input<typeof SecondFactorsOutSchema>>({ org }, async (trx) =>
      factorsShown(await factorsOf(trx, user), await isRequired(trx, roles), secondFactor === 'given'),
    );
  return [
    route({
      method: 'GET',
      path: '/v1/me/second-factors',
      title: 'One’s own second factors, and whether one is asked for',
      access: 'user',
      action: READ,
      output: SecondFactorsOutSchema,
      handler: ({ caller }) => shown(caller),
    }),
    route({
      method: 'POST',
      path: '/v1/me/totp',
      title: 'Begin an authenticator app; its secret is shown this once',
      access: 'user',
      action: CHANGE,
      body: Nothing,
      output: TotpBeginOutSchema,
      handler: ({ caller, request, reason }) => enrol.beginTotp(ports, scopeOf(caller, request, reason), caller),
    }),
    route({
      method: 'POST',
      path: '/v1/me/totp/confirm',
      title: 'Confirm the authenticator app by its code; the first factor brings recovery codes',
      access: 'user',
      action: CHANGE,
      body: TotpConfirmInSchema,
      output: FactorAddedOutSchema,
      handler: async ({ caller, body, request, reason }) =>
        taken(await enrol.confirmTotp(ports, scopeOf(caller, request, reason), caller, body.code), 422),
    }),
    route({
      method: 'DELETE',
      path: '/v1/me/totp',
      title: 'Take the authenticator app away',
      access: 'user',
      action: CHANGE,
      output: Nothing,
      handler: async ({ caller, request, reason }) => {
        taken(await enrol.removeFactor(ports, scopeOf(caller, request, reason), caller, null));
        return {};
      },
    }),
    route({
      method: 'POST',
      path: '/v1/me/passkeys/options',
      title: 'Options with which a browser makes a passkey',
      access: 'user',
      action: CHANGE,
      body: Nothing,
      output: PasskeyOptionsOutSchema,
      handler: async ({ caller }) => ({ options: { ...(await enrol.beginPasskey(ports, caller)) } }),
    }),
    route({
      method: 'POST',
      path: '/v1/me/passkeys',
      title: 'Add the passkey that a browser made; the first factor brings recovery codes',
      access: 'user',
      action: CHANGE,
      body: PasskeyInSchema,
      output: FactorAddedOutSchema,
      handler: async ({ caller, body, request, reason }) =>
        taken(await enrol.addPasskey(ports, scopeOf(caller, request, reason), caller, body)),
    }),
    route({
      method: 'POST',
      path: '/v1/me/passkeys/{id}/name',
      title: 'Give a passkey another name',
      access: 'user',
      action: CHANGE,
      params: z.strictObject({ id: Id }),
      body: PasskeyRenameInSchema,
      output: Nothing,
      handler: async ({ caller, params, body, request, reason }) => {
        const acting = scopeOf(caller, request, reason);
        taken(await enrol.renamePasskey(ports, acting, caller, params.id, body.name));
        return {};
      },
    }),
    route({
      method: 'DELETE',
      path: '/v1/me/passkeys/{id}',
      title: 'Take a passkey away',
      access: 'user',
      action: CHANGE,
      params: z.strictObject({ id: Id }),
      output: Nothing,
      handler: async ({ caller, params, request, reason }) => {
        taken(await enrol.removeFactor(ports, scopeOf(caller, request, reason), caller, params.id));
        return {};
      },
    }),
    route({
      method: 'POST',
      path: '/v1/me/recovery-codes',
      title: 'Ten new recovery codes, shown this once; those before are void',
      access: 'user',
      action: CHANGE,
      body: Nothing,
      output: RecoveryCodesOutSchema,
      handler: async ({ caller, request, reason }) => ({
        recoveryCodes: taken(await enrol.renewRecoveryCodes(ports, scopeOf(caller, request, reason), caller)),
      }),
    }),
    route({
      method: 'POST',
      path: '/v1/me/step-up/options',
      title: 'By what one may confirm who one is',
      access: 'user',
      action: PROVE,
      body: Nothing,
      output: StepUpOptionsOutSchema,
      handler: ({ caller }) => stepUpOptions(ports, caller),
    }),
    route({
      method: 'POST',
      path: '/v1/me/step-up',
      title: 'Confirm who one is: opens sensitive actions for ten minutes',
      access: 'user',
      action: PROVE,
      body: StepUpInSchema,
      output: StepUpOutSchema,
      handler: async ({ caller, body, request, reason }) => {
        await limited(ports.limits, 'sign-in account', `${caller.org}|step-up|${caller.user}`);
        const proven = await stepUp(ports, scopeOf(caller, request, reason), caller, body);
        if (proven.ok) return proven.value;
        throw new Problem(403, proven.refusal.code, proven.refusal.message);
      },
    }),
    route({
      method: 'POST',
      path: '/v1/people/{person}/second-factors/reset',
      title: 'Take all second factors of a person away, so that they set up new ones',
      access: 'user',
      action: RESET,
      params: z.strictObject({ person: Id }),
      body: Nothing,
      output: Nothing,
      handler: async ({ caller, params, request, reason, permit }) => {
        const mayReset = (of: WorksAt): void => void permit(RESET, of);
        mayReset(await worksAt(ports, caller.org, params.person));
        taken(await resetFactors(ports, scopeOf(caller, request, reason), caller.org, params.person, mayReset));
        return {};
      },
    }),
  ];
}
