import type { ReactNode } from 'react';
import { State, type Tone } from '../parts/rows.tsx';
import type { DeviceRow } from './devices-known.ts';

const TONES: { readonly [S in DeviceRow['state']]: Tone } = { enrolled: 'good', waiting: 'amber', revoked: 'muted' };
const WORDS: { readonly [S in DeviceRow['state']]: string } = {
  enrolled: 'enrolled',
  waiting: 'asks to be let in',
  revoked: 'revoked',
};

export function DeviceState({ state }: { readonly state: DeviceRow['state'] }): ReactNode {
  return <State tone={TONES[state]}>{WORDS[state]}</State>;
}
