/** What each wrapping is bound to, so that a wrapped key is of use in its place alone. */
export const orgContext = (org: string): string => `qd.org_key.1|${org}`;
export const siteContext = (org: string, site: string, id: string): string => `qd.site_key.1|${org}|${site}|${id}`;
export const signingContext = (org: string, id: string): string => `qd.signing_key.1|${org}|${id}`;
export const innerContext = (org: string, id: string): string => `qd.inner_key.1|${org}|${id}`;
export const secretContext = (org: string, context: string): string => `qd.org_sealed.1|${org}|${context}`;
