import type { ReactNode } from 'react';
import { keyFor } from '../app/keys/actions.ts';
import { usePreferences } from '../app/theme/preferences.ts';

/** A key cap. */
export function Cap({ children }: { readonly children: ReactNode }): ReactNode {
  return <kbd className="cap">{children}</kbd>;
}

/** The key an action has, where it is used. */
export function KeyOf({ action }: { readonly action: string }): ReactNode {
  const { keys } = usePreferences();
  return <Cap>{keyFor(action, keys)}</Cap>;
}
