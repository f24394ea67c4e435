import { type ReactNode, useEffect, useState } from 'react';
import './header.css';
import type { IncidentRow, ReachRow, UnitRow } from '#domain/bridge/topics.ts';
import type { RosterBody } from '#domain/cad/roster.ts';
import { AccountNotices } from '../../features/account/account-notices.tsx';
import { KeyOf } from '../../ui/key.tsx';
import { now as timeNow, useNow, useZone } from '../clock/clock.ts';
import { clockTime, dayLine } from '../clock/format.ts';
import { useConnection, useIncidents, useMe, useReach, useRoster, useUnits } from '../connection/use-station.ts';
import { endedSaid } from '../kept-from.ts';
import { perform } from '../keys/actions.ts';
import { dock } from '../layout/dock-api.ts';
import { callingForHelp } from '../sounds/board-sounds.ts';
import { useSoundsAwake } from '../sounds/player.ts';
import { usePreferences } from '../theme/preferences.ts';
import { CenterTurned } from './center-turned.tsx';
import { NewCalls } from './new-calls.tsx';
import { olderNamed, olderSaid } from './older-said.ts';
import { driftSaid, reachSentence } from './reach-sentence.ts';
import { ToSettleSaid } from './to-settle-said.tsx';

/** Who and where, the one clock, and what is reached. */
export function Header(): ReactNode {
  const me = useMe();
  const reach = useReach();
  const positions = useRoster<RosterBody<'position'>>('position');
  const { mute } = usePreferences();
  const awake = useSoundsAwake();
  const ended = me ? endedSaid(me) : null;
  const covers = me?.position ? positions[me.position]?.body.covers : undefined;
  return (
    <header className="header">
      <div className="header-who">
        <b>{reach?.site ?? 'Quantum Dispatch'}</b>
        {me ? (
          <>
            <span className="muted">
              {/^position/i.test(me.positionName) ? (
                me.positionName
              ) : (
                <>
                  Position <b className="text-text">{me.positionName || (reach?.stationName ?? '')}</b>
                </>
              )}
              {covers ? ` · ${covers}` : ''}
            </span>
            <span className="muted">{me.name}</span>
          </>
        ) : null}
      </div>
      <Clock />
      <div className="header-state">
        {me?.offline ? (
          <span className="badge" title="Signed in by the grant kept at this station">
            by grant
          </span>
        ) : null}
        {ended === null ? null : (
          <span className="badge badge-amber" title={ended}>
            {ended}
          </span>
        )}
        {me?.grantExpired ? (
          <span className="badge badge-amber">Grant ran out — work goes on and is marked contested</span>
        ) : null}
        {mute ? (
          <button type="button" className="badge badge-amber" onClick={() => dock.open('preferences')}>
            Sounds muted
          </button>
        ) : awake ? null : (
          <span
            className="badge badge-amber"
            title="A browser lets sounds begin only after a key or click in the window"
          >
            sounds begin with the first key
          </span>
        )}
        <AccountNotices />
        <Emergencies />
        <NewCalls />
        <ToSettleSaid />
        <OlderBuilds />
        <Reach />
        <CenterTurned />
        <button type="button" className="help-button" onClick={() => perform('help')}>
          <KeyOf action="help" /> help
        </button>
      </div>
    </header>
  );
}

/**
 * Of the header what somebody in a window without it must not miss; nothing in sight while all is well. What is said and not
 * shown is said here, too: a reader is silent about a window that is not in hand.
 */
export function StateApart(): ReactNode {
  const said = reachSentence(useReach(), useAnswering(), timeNow(), useZone());
  return (
    <div className="header-state">
      <AccountNotices />
      <Emergencies />
      <NewCalls />
      <ToSettleSaid />
      {said.tone === 'calm' ? null : <Reach />}
      <CenterTurned />
    </div>
  );
}

function Clock(): ReactNode {
  const now = useNow();
  const zone = useZone();
  const reach = useReach();
  return (
    <div className="header-clock">
      <time className="clock" dateTime={new Date(now).toISOString()}>
        {clockTime(now, zone)}
      </time>
      <span className="muted header-day">
        {dayLine(now, zone)}
        {reach ? ` · ${driftSaid(reach)}` : ''}
      </span>
    </div>
  );
}

/** Units that call for help: in sight whatever stands on the screen, until it is over. */
function Emergencies(): ReactNode {
  const units = useUnits();
  const calling = callingForHelp(units);
  const seen = Object.values(units).filter(({ emergency }) => emergency?.emergency === 'seen');
  const incidents = useIncidents();
  return (
    <>
      <div role="alert" aria-label="Emergencies" className={calling.length > 0 ? 'badge badge-bad' : 'sr-only-text'}>
        {calling.length > 0 ? (
          <>
            <b>{calling.map(({ callsign }) => callsign).join(', ')} EMERGENCY</b>
            <span className="sr-only-text">{calling.map((unit) => whereabouts(unit, incidents)).join('')}</span>{' '}
            <KeyOf action="settle.next" /> seen
          </>
        ) : null}
      </div>
      {seen.length > 0 ? (
        <span className="badge badge-amber">
          {seen.map(({ callsign }) => callsign).join(', ')} emergency<span className="if-wide"> seen</span>
        </span>
      ) : null}
    </>
  );
}

/** What a unit that calls for help is on, for whoever does not see the board. */
function whereabouts({ callsign, incidents }: UnitRow, known: { readonly [id: string]: IncidentRow }): string {
  return incidents
    .map(({ id, number }) => [number, known[id]?.nature?.text, known[id]?.location?.text].filter(Boolean).join(', '))
    .map((where) => `. ${callsign} is on ${where}`)
    .join('');
}

/** Workstations that an update has not reached: what is entered here is not all to be seen there. */
function OlderBuilds(): ReactNode {
  const older = useReach()?.older ?? [];
  if (older.length === 0) return null;
  return (
    <span className="badge badge-amber gives-way" title={older.map(olderSaid).join('\n')}>
      {olderNamed(older)}
    </span>
  );
}

/** Drawn on every beat for its age, so not read out; that the center is lost or back is said by `CenterTurned`. */
function Reach(): ReactNode {
  const reach = useReach();
  const answering = useAnswering();
  const zone = useZone();
  const away = reach !== null && reach.center !== 'reached';
  const waits = useWaiting();
  const said = reachSentence(reach && !waits ? nothingWaits(reach) : reach, answering, timeNow(), zone);
  return (
    <div role="status" aria-label="Reach" aria-live="off" className={`reach reach-${said.tone}`} title={said.more}>
      {said.tone === 'calm' ? null : <span className="dot" aria-hidden="true" />}
      <span className="reach-said">{away && answering ? <Aging /> : <Sentence said={said} />}</span>
    </div>
  );
}

/** Whether the station is there and does what it is asked. */
function useAnswering(): boolean {
  const { connected, silent } = useConnection();
  return connected && !silent;
}

/** What is on its way for the moment that it takes is not said: the line would jump with every action. ms */
const ON_ITS_WAY_MS = 2_000;

const nothingWaits = (reach: ReachRow): ReachRow => ({ ...reach, factsWaiting: 0, requestsWaiting: 0 });

/** Whether something waits for the center, and has for longer than what is merely on its way. */
function useWaiting(): boolean {
  const reach = useReach();
  const away = reach !== null && reach.center !== 'reached';
  const some = reach !== null && reach.factsWaiting + reach.requestsWaiting > 0;
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    setLasting(false);
    if (!some) return;
    const timer = setTimeout(() => setLasting(true), ON_ITS_WAY_MS);
    return () => clearTimeout(timer);
  }, [some]);
  return away || (some && lasting);
}

function Aging(): ReactNode {
  const now = useNow();
  const reach = useReach();
  const zone = useZone();
  return <Sentence said={reachSentence(reach, true, now, zone)} />;
}

function Sentence({ said }: { readonly said: ReturnType<typeof reachSentence> }): ReactNode {
  return (
    <>
      {said.tone === 'calm' ? said.lead : <b>{said.lead}</b>}
      {said.lead && said.rest ? ' — ' : ''}
      {/* A line never begins with the dot that parts two things. */}
      {said.rest.replaceAll(' · ', '\u00a0· ')}
    </>
  );
}
