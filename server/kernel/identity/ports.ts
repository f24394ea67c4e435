/** What identity needs from the rest of the center. */
import type { CenterContext } from '../part.ts';
import type { Limits } from './limits.ts';
import type { Passwords } from './passwords/passwords.ts';

export interface IdentityPorts
  extends Pick<
    CenterContext,
    | 'db'
    | 'keys'
    | 'log'
    | 'clock'
    | 'random'
    | 'rosterChanged'
    | 'sessionsEnded'
    | 'sessionChanged'
    | 'publicUrl'
    | 'eventRaised'
  > {
  readonly passwords: Passwords;
  readonly limits: Limits;
}

/** Who asks for a change of identity, as its audit rows say it. */
export interface Acting {
  /** The person's id; null for a command of the operator or the center itself. */
  readonly actor: string | null;
  readonly session?: string | null;
  readonly request?: string | null;
  readonly device?: string | null;
  readonly reason?: string | null;
}

/** What the center makes by itself for whoever runs it: its demo. */
export const OPERATOR: Acting = { actor: null };
