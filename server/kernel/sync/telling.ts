/** Having the stations of a site greet again, for what the answer to a greeting brings is known to have come by the next. */

type Tell = (org: string, site: string) => void;

const AGAIN_MS = 1_000;
const AGAIN_EVERY_MS = 20_000;

/** Has the stations of a site told once more, a moment after the last change: whoever was on their way then did not hear of it. */
export function tellOnceMore(tell: Tell): Tell {
  const due = new Map<string, NodeJS.Timeout>();
  return (org, site) => {
    const name = `${org}|${site}`;
    clearTimeout(due.get(name));
    const timer = setTimeout(() => {
      due.delete(name);
      tell(org, site);
    }, AGAIN_MS);
    due.set(name, timer.unref());
  };
}

/**
 * The same for what the next greeting may not change yet, which would otherwise have it asked for again and again: told a moment after
 * it is asked for, and what is asked for after that is told once, when the last is long enough ago. It is never let go: in a room where
 * nothing else happens nobody would greet again.
 */
export function tellSeldom(tell: Tell): Tell {
  /** Sites that were asked for, or told of lately; whether they were asked for since they were told. */
  const lately = new Map<string, { asked: boolean }>();
  return (org, site) => {
    const name = `${org}|${site}`;
    const known = lately.get(name);
    if (known) {
      known.asked = true;
      return;
    }
    const now = { asked: true };
    lately.set(name, now);
    const next = (): void => {
      if (!now.asked) {
        lately.delete(name);
        return;
      }
      now.asked = false;
      tell(org, site);
      setTimeout(next, AGAIN_EVERY_MS).unref();
    };
    setTimeout(next, AGAIN_MS).unref();
  };
}
