import type { ReactNode } from 'react';
import { z } from 'zod';
import { RevokedOutSchema, type SessionShown, SessionsOutSchema } from '#domain/identity/api/sessions.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { useDeed } from '../api/deed.ts';
import { useAnswer, useCenter } from '../api/use-center.ts';
import { Refused } from '../parts/refused.tsx';
import { State } from '../parts/rows.tsx';
import { StepUp } from '../parts/step-up.tsx';
import { clientSaid } from './client-said.ts';

const NothingSchema = z.looseObject({});

/** Sessions of somebody, by the address they are read at; each can be ended. */
export function Sessions({ path }: { readonly path: string }): ReactNode {
  const center = useCenter();
  const { value, problem } = useAnswer(SessionsOutSchema, path);
  const deed = useDeed();
  const sessions = value?.sessions ?? [];
  const others = sessions.filter(({ endedAt, current }) => endedAt === null && !current);
  return (
    <section className="sessions" aria-label="Sessions">
      <h3>Sessions</h3>
      {problem ? <Refused problem={problem} /> : null}
      <ul className="lines">
        {sessions.map((session) => (
          <SessionLine key={session.session} session={session} path={path} />
        ))}
        {value && sessions.length === 0 ? <li className="muted">None in the last 30 days.</li> : null}
      </ul>
      {others.length > 1 ? (
        <p className="form-buttons">
          <button
            type="button"
            className="choice danger"
            onClick={() =>
              deed.run(
                () => center.ask({ path: `${path}/revoke`, body: {}, answer: RevokedOutSchema }),
                ({ ended }) => `${ended} sessions ended`,
              )
            }
          >
            End all {others.length} others
          </button>
        </p>
      ) : null}
      {deed.problem && !deed.waiting ? <Refused problem={deed.problem} /> : null}
      {deed.waiting ? <StepUp waiting={deed.waiting} /> : null}
    </section>
  );
}

function SessionLine({ session, path }: { readonly session: SessionShown; readonly path: string }): ReactNode {
  const zone = useZone();
  const center = useCenter();
  const deed = useDeed();
  const at = (ms: number): string => when(ms, now(), zone);
  const where = session.stationName ?? clientSaid(session.client);
  return (
    <li>
      <div>
        <p>
          <b title={session.client ?? undefined}>{where}</b>
          {session.position ? ` · position ${session.position}` : ''}
          {session.current ? <span className="muted"> · this one</span> : null}
        </p>
        <p className="muted">
          since {at(session.startedAt)}
          {session.endedAt === null
            ? `, seen ${at(session.seenAt)}, ends ${at(session.expiresAt)} at the latest`
            : `, ended ${at(session.endedAt)}: ${session.endReason ?? 'ran out'}`}
          {session.offlineUntil === null ? '' : `; without the center until ${at(session.offlineUntil)}`}
        </p>
        {deed.problem && !deed.waiting ? <Refused problem={deed.problem} /> : null}
        {deed.waiting ? <StepUp waiting={deed.waiting} /> : null}
      </div>
      {session.endedAt !== null ? (
        <State tone="muted">ended</State>
      ) : session.current ? (
        <State tone="good">goes on</State>
      ) : (
        <button
          type="button"
          className="choice danger"
          onClick={() =>
            deed.run(
              () =>
                center.ask({
                  path: `${path}/${encodeURIComponent(session.session)}/revoke`,
                  body: {},
                  answer: NothingSchema,
                }),
              () => `The session at ${where} is ended`,
            )
          }
        >
          End it
        </button>
      )}
    </li>
  );
}
