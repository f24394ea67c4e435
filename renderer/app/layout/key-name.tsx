import type { ReactNode } from 'react';
import { keyFor } from '../keys/actions.ts';
import { usePreferences } from '../theme/preferences.ts';

/** The key of an action as plain text, for the head of a panel. */
export function KeyName({ action }: { readonly action: string }): ReactNode {
  const { keys } = usePreferences();
  return <>{keyFor(action, keys)}</>;
}
