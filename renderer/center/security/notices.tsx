import type { ReactNode } from 'react';
import { z } from 'zod';
import { type Notice, NoticesOutSchema, noticeSaid } from '#domain/identity/api/notices.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { useDeed } from '../api/deed.ts';
import { useAnswer, useCenter } from '../api/use-center.ts';
import { Refused } from '../parts/refused.tsx';
import { State } from '../parts/rows.tsx';

const PATH = '/v1/me/notices';
const ASKED_EVERY_MS = 60_000;
/** Above every screen there is room for so many; the rest is under My security. */
const ABOVE = 3;
const NothingSchema = z.looseObject({});

function Told({ notice }: { readonly notice: Notice }): ReactNode {
  const zone = useZone();
  return (
    <span>
      {noticeSaid(notice)} <span className="muted">{when(notice.at, now(), zone)}</span>
    </span>
  );
}

/** What changed about the account of whoever is signed in, above every screen until they say that they know of it. */
export function NoticesAbove({ at }: { readonly at: string }): ReactNode {
  const center = useCenter();
  const deed = useDeed();
  const { value } = useAnswer(NoticesOutSchema, PATH, { every: ASKED_EVERY_MS });
  const unseen = (value?.notices ?? []).filter(({ seen }) => !seen);
  const newest = unseen[0];
  if (newest === undefined) return null;
  const more = unseen.length - ABOVE;
  return (
    <section className="notices-above" aria-label="About your account">
      <ul>
        {unseen.slice(0, ABOVE).map((notice) => (
          <li key={notice.id}>
            <Told notice={notice} />
          </li>
        ))}
      </ul>
      <p>
        {more > 0 ? `And ${more} more. ` : ''}Not you?{' '}
        <a href={`#/${encodeURIComponent(at)}`}>End other sessions and change what opens your account</a>, and tell an
        administrator.
      </p>
      {deed.problem ? <Refused problem={deed.problem} /> : null}
      <button
        type="button"
        className="choice"
        onClick={() =>
          deed.run(
            () => center.ask({ path: `${PATH}/seen`, body: { upTo: newest.at }, answer: NothingSchema }),
            () => 'What was told of your account is known',
          )
        }
      >
        I know of {unseen.length === 1 ? 'this' : 'these'}
      </button>
    </section>
  );
}

/** The newest hundred, known or not. */
export function NoticeList(): ReactNode {
  const { value, problem } = useAnswer(NoticesOutSchema, PATH, { every: ASKED_EVERY_MS });
  return (
    <section aria-label="What happened to the account">
      <h3>What happened to your account</h3>
      {problem ? <Refused problem={problem} /> : null}
      <ul className="lines">
        {(value?.notices ?? []).map((notice) => (
          <li key={notice.id}>
            <Told notice={notice} />
            {notice.seen ? null : <State tone="amber">new</State>}
          </li>
        ))}
        {value && value.notices.length === 0 ? <li className="muted">Nothing was changed yet.</li> : null}
      </ul>
    </section>
  );
}
