/** The center's own API, as an administrator uses it: one-time codes for the workstations of a center that we started. */
import { z } from 'zod';

export interface Administrator {
  /** `name@organisation`. */
  readonly user: string;
  readonly password: string;
}

const SessionSchema = z.object({ accessToken: z.string() });
const SitesSchema = z.object({ sites: z.array(z.object({ site: z.string(), name: z.string() })) });
const CodeSchema = z.object({ code: z.string() });

/** Signs in and asks for a one-time code of a site: the one named, or else the first. Rejects with what the center said. */
export async function enrolmentCode(center: string, administrator: Administrator, siteName?: string): Promise<string> {
  return (await enrolmentCodes(center, administrator, siteName))();
}

/** The same for many workstations: signed in once, a code with every call. */
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
  return async () => (await askCenter(center, path, CodeSchema, { token, body: {} })).code;
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
  const text = await response.text();
  if (!response.ok) {
    const detail = /"detail":"([^"]*)"/.exec(text)?.[1] ?? `status ${response.status}`;
    throw new Error(`The center refused ${path}: ${detail}`);
  }
  return answer.parse(JSON.parse(text));
}
