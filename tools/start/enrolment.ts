/** One-time codes for workstations of a center that we started, by its own API, as an administrator asks for them. */
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
  const { accessToken } = await ask(center, '/v1/sessions', SessionSchema, { body: administrator });
  const { sites } = await ask(center, '/v1/sites', SitesSchema, { token: accessToken });
  const site = siteName === undefined ? sites[0] : sites.find(({ name }) => name === siteName);
  if (!site) throw new Error('The center has no such site to enrol a workstation at.');
  const path = `/v1/sites/${encodeURIComponent(site.site)}/enrolment-codes`;
  const { code } = await ask(center, path, CodeSchema, { token: accessToken, body: {} });
  return code;
}

async function ask<S extends z.ZodType>(
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
