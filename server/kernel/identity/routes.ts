/** The doors of identity: enrolment, device tokens, sessions. */
import { z } from 'zod';
import { AssertionSchema } from '#domain/identity/api/mfa.ts';
import {
  DeviceTokenInSchema,
  DeviceTokenOutSchema,
  EnrolAnswerSchema,
  EnrolInSchema,
  SessionInSchema,
  SessionOutSchema,
} from '#domain/wire/sync.ts';
import type { Caller } from '../http/auth.ts';
import { Problem, taken } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import { tokenForDevice } from './devices/devices.ts';
import { enrol } from './devices/enrolment.ts';
import { limited } from './limits.ts';
import type { IdentityPorts } from './ports.ts';
import { signedIn } from './second-factor/asking.ts';
import { end } from './sessions/end-session.ts';
import { refresh } from './sessions/refresh.ts';
import { signIn } from './sign-in/sign-in.ts';
import type { DeviceBearer } from './tokens/tokens.ts';

const SignInSchema = SessionInSchema.extend({
  position: SessionInSchema.shape.position.default(null),
  passkey: AssertionSchema.optional(),
});
const RefreshInSchema = z.strictObject({ refreshToken: z.string().min(20).max(256) });
/** `replaced`: another operator took the seat. */
const EndInSchema = RefreshInSchema.extend({ replaced: z.boolean().default(false) });
/** At a station with its grant; without a station there is none. */
const SignedInSchema = SessionOutSchema.partial({ grant: true, idleLockMinutes: true });
const SMALL = 16_384;

/** The station that asks, null where none does. A person's token is of no use at these doors. */
function stationOf(caller: Caller | null): DeviceBearer | null {
  if (caller === null) return null;
  if (caller.kind === 'device') return caller;
  throw new Problem(401, 'bearer.device', 'Send the token of a workstation here, or none.');
}

export function identityRoutes(ports: IdentityPorts): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/v1/enrol',
      title: 'Ask to enrol a workstation by a one-time code, and again until somebody at the center has decided',
      access: 'public',
      body: EnrolInSchema,
      output: EnrolAnswerSchema,
      bodyLimit: SMALL,
      handler: async ({ body, address }) => {
        await limited(ports.limits, 'enrol address', address);
        return taken(await enrol(ports, body, address), 403);
      },
    }),
    route({
      method: 'POST',
      path: '/v1/devices/token',
      title: 'Exchange an assertion of the device key for a device token of 15 minutes',
      access: 'public',
      budget: 'emergency',
      body: DeviceTokenInSchema,
      output: DeviceTokenOutSchema,
      bodyLimit: SMALL,
      handler: async ({ body, address }) => {
        await limited(ports.limits, 'device address', address);
        return taken(await tokenForDevice(ports, body.assertion), 401);
      },
    }),
    route({
      method: 'POST',
      path: '/v1/sessions',
      title:
        'Sign in with a password, and a second factor where there is one: at a station (its bearer) with a grant, without one for the API',
      access: 'optional',
      body: SignInSchema,
      output: SignedInSchema,
      bodyLimit: SMALL,
      handler: async ({ body, caller, address, client }) => {
        await limited(ports.limits, 'sign-in address', address);
        const device = stationOf(caller);
        await limited(
          ports.limits,
          'sign-in account',
          `${device?.org ?? ''}|${device ? 'station' : 'api'}|${body.user.trim()}`,
        );
        return signedIn(await signIn(ports, { ...body, device, from: address, client }));
      },
    }),
    route({
      method: 'POST',
      path: '/v1/sessions/refresh',
      title: 'Exchange a refresh token, once, for a new one',
      access: 'optional',
      body: RefreshInSchema,
      output: SignedInSchema,
      bodyLimit: SMALL,
      handler: async ({ body, caller, address }) => {
        await limited(ports.limits, 'refresh address', address);
        return taken(await refresh(ports, { refreshToken: body.refreshToken, device: stationOf(caller) }), 401);
      },
    }),
    route({
      method: 'POST',
      path: '/v1/sessions/end',
      title: 'End the session of a refresh token',
      access: 'public',
      body: EndInSchema,
      output: z.strictObject({}),
      bodyLimit: SMALL,
      handler: async ({ body, address }) => {
        await limited(ports.limits, 'refresh address', address);
        await end(ports, body.refreshToken, body.replaced ? 'replaced' : 'signed out');
        return {};
      },
    }),
  ];
}
