/** What screens of security need of a browser besides its keyboard: an authenticator, and a look at what is shown. */
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';

export interface Authenticator {
  /** Whether it says from now on that it knows who holds it. */
  readonly verifies: (who: boolean) => Promise<void>;
}

/** Gives the page an authenticator of Chromium's own that says yes by itself (WebAuthn Level 3, 11.2). */
export async function addAuthenticator(context: BrowserContext, page: Page): Promise<Authenticator> {
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    verifies: async (isUserVerified) => {
      await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
    },
  };
}

/** Keeps what is shown in the folder E2E_PICTURES, for people to look at; nothing where none is named. */
export async function picture(page: Page, name: string): Promise<void> {
  const to = process.env.E2E_PICTURES;
  if (to !== undefined) await page.screenshot({ path: join(to, `${name}.png`) });
}
