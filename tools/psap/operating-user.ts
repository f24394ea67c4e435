import type { UserInfo } from 'node:os';

/**
 * Who the operating system says that we run as, for an audit: a name, or the number where it has none (a container's user). Of
 * whoever became root by sudo, their own name too, as sudo tells it.
 */
export function operatingUser(look: () => Pick<UserInfo<string>, 'username'>, env: NodeJS.ProcessEnv): string {
  const user = nameOf(look);
  const by = env.SUDO_USER;
  return by && by !== user ? `${user} (sudo by ${by.slice(0, 64)})` : user;
}

function nameOf(look: () => Pick<UserInfo<string>, 'username'>): string {
  try {
    return look().username;
  } catch {
    return `user ${process.getuid?.() ?? 'without a name'}`;
  }
}
