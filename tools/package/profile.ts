import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { done, type Outcome, refusalOf, refused } from '../../domain/kernel/refusal.ts';
import { root } from '../check/program.ts';

const Https = z.url({ protocol: /^https$/ });

const MAINTAINER = /^([^<>\p{Cc}]*[^<>\p{Cc}\s]) <([^<>@\s]+@[^<>@\s]+)>$/u;

/** What one center's desktop shell is packed with. */
const PackageProfileSchema = z.strictObject({
  /** Name in menus, window titles and installers, and of the folder that the shell keeps its things in. */
  name: z
    .string()
    .min(1)
    .max(60)
    .regex(/^[^<>:"/\\|?*\p{Cc}]*[^<>:"/\\|?*\p{Cc}\s.]$/u, 'must be usable as the name of a folder'),
  /** Its own, so that two centers' consoles can be on one machine. */
  appId: z
    .string()
    .max(120)
    .regex(/^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$/),
  /** Who looks after it at the center, as packages say it. */
  maintainer: z.string().max(120).regex(MAINTAINER, 'must be NAME <ADDRESS@HOST>'),
  /** PNG of 512 pixels or more, relative to the repository. */
  icon: z.string().regex(/^resources\/[\w./-]+\.png$/),
  center: Https,
  /** Where updates are announced; null for none. */
  updates: Https.nullable(),
});
export type PackageProfile = z.infer<typeof PackageProfileSchema>;

/** The maintainer's name and address. */
export function authorOf({ maintainer }: PackageProfile): { readonly name: string; readonly email: string } {
  const [, name = '', email = ''] = MAINTAINER.exec(maintainer) ?? [];
  return { name, email };
}

/** Packages, programs and shortcuts of a system go by it, so it has to be what all of these take. */
const FILE_NAME = /^[a-z][a-z0-9-]{0,31}$/;

const folder = join(root, 'resources', 'profiles');

export function profileNames(): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

/** Reads a profile by name. Refusals: `profile.unknown`, `profile.name`, `profile.unreadable`, `field.invalid`, `icon.missing`. */
export function readPackageProfile(name: string): Outcome<PackageProfile> {
  if (!profileNames().includes(name)) {
    return refused(
      'profile.unknown',
      `There is no profile of that name: there are ${profileNames().join(', ')}.`,
      'profile',
    );
  }
  if (!FILE_NAME.test(name)) {
    return refused(
      'profile.name',
      `resources/profiles/${name}.json is to be called by small letters, digits and hyphens, 32 at most: its package goes by that name.`,
      'profile',
    );
  }
  let text: unknown;
  try {
    text = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  } catch {
    return refused('profile.unreadable', `resources/profiles/${name}.json is not JSON.`, 'profile');
  }
  return checkProfile(text);
}

/** Checks what a profile says, and that its icon is there and large enough. */
export function checkProfile(value: unknown): Outcome<PackageProfile> {
  const checked = PackageProfileSchema.safeParse(value);
  if (!checked.success) return { ok: false, refusal: refusalOf(checked.error) };
  const icon = join(root, checked.data.icon);
  const size = existsSync(icon) ? pngSize(readFileSync(icon)) : null;
  if (size === null || size < 512) {
    return refused('icon.missing', `${checked.data.icon} is no PNG of 512 by 512 pixels or more.`, 'icon');
  }
  return done(checked.data);
}

/** The smaller side of a PNG (PNG specification §11.2.2, IHDR), or null where the bytes are none. */
function pngSize(bytes: Buffer): number | null {
  if (bytes.length < 24 || bytes.toString('latin1', 1, 4) !== 'PNG') return null;
  return Math.min(bytes.readUInt32BE(16), bytes.readUInt32BE(20));
}
