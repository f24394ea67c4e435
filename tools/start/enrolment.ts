/**
 * The center's own API, as an administrator uses it: one-time codes for workstations that we start ourselves, and letting
 * them in. Both ends are ours here, so nobody compares.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { EnrolmentCodeOutSchema, EnrolmentsOutSchema } from '../../domain/identity/api/devices.ts';
import { answerOf } from '../center-api/answers.ts';
import { noCenterAt } from '../center-api/operator.ts';

export interface Administrator {
  /** `name@organisation`. */
  readonly user: string;
  readonly password: string;
}

const SessionSchema = z.object({ accessToken: z.string() });
const SitesSchema = z.object({ sites: z.array(z.object({ site: z.string(), name: z.string() })) });
const DoneSchema = z.looseObject({});

/** A workstation comes with its code within this time, or not at all. ms */
const COMES_WITHIN = 180_000;
const LOOK_EVERY = 150;

/** Signs in and asks for a one-time code of a site: the one named, or else the first. Rejects with what the center said. */
export async function enrolmentCode(center: string, administrator: Administrator, siteName?: string): Promise<string> {
  return (await enrolmentCodes(center, administrator, siteName))();
}

/** The same for many workstations: signed in once, a code with every call. Whoever asks with it is let in. */
export async function enrolmentCodes(
  center: string,
  administrator: Administrator,
  siteName?: string,
): Promise<() => Promise<string>> {
  const token = await signIn(center, administrator);
  const { sites } = await askCenter(center, '/v1/sites', SitesSchema, { token });
  const site = siteName === undefined ? sites[0] : sites.find(({ name }) => name === siteName);
  if (!site) throw new Error('The center has no such site to enrol a workstation at.');
  const path = `/v1/sites/${encodeURIComponent(site.site)}/enrolment-codes`;
  return async () => {
    const { code, id } = await askCenter(center, path, EnrolmentCodeOutSchema, { token, body: {} });
    // Whoever waits for the workstation hears from it that it was not let in.
    letIn(center, token, id).catch(() => undefined);
    return code;
  };
}

/** Lets in whoever asks with the code of this id. */
export async function letIn(center: string, token: string, code: string): Promise<void> {
  const until = Date.now() + COMES_WITHIN;
  while (Date.now() < until) {
    const asked = askCenter(center, '/v1/enrolments', EnrolmentsOutSchema, { token });
    // A center that is away for a moment is asked again; one that refuses is not.
    const { enrolments } = await asked.catch((error: unknown) => {
      if (error instanceof TypeError) return { enrolments: [] };
      throw error;
    });
    const waiting = enrolments.find((of) => of.code === code);
    if (waiting) {
      const path = `/v1/enrolments/${encodeURIComponent(waiting.id)}/approve`;
      await askCenter(center, path, DoneSchema, { token, body: { compare: waiting.compare } });
      return;
    }
    await delay(LOOK_EVERY, undefined, { ref: false });
  }
}

/** An access token of the API. Rejects with what the center said. */
export async function signIn(center: string, administrator: Administrator): Promise<string> {
  return (await askCenter(center, '/v1/sessions', SessionSchema, { body: administrator })).accessToken;
}

/** One question to the center's API, its answer read through a schema. Rejects with what the center said. */
export async function askCenter<S extends z.ZodType>(
  center: string,
  path: string,
  answer: S,
  { token, body }: { readonly token?: string; readonly body?: object },
): Promise<z.infer<S>> {
  const response = await fetch(new URL(path, center), {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  const read = answer.safeParse(await answerOf(response, center));
  if (read.success) return read.data;
  throw new Error(noCenterAt(center));
}
