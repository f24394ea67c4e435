import { type ReactNode, useEffect, useRef } from 'react';
import { flushSync } from 'react-dom';
import { STATUS_USAGE, VERBS } from '#domain/cad/command/verbs.ts';
import { now } from '../../app/clock/clock.ts';
import { echo } from '../../app/command-line/echo.ts';
import { useReach, useStation } from '../../app/connection/use-station.ts';
import { olderSaid } from '../../app/header/older-said.ts';
import { reachNamed } from '../../app/header/reach-sentence.ts';
import { KEYS, keyCap } from '../../app/keys/key-map.ts';
import { dock } from '../../app/layout/dock-api.ts';
import { usePreferences } from '../../app/theme/preferences.ts';
import { Cap } from '../../ui/key.tsx';

/** All keys and commands on one card beside the board, which stays in sight. */
export function HelpCard({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { keys } = usePreferences();
  const station = useStation();
  const reach = useReach();
  const older = reach?.older ?? [];
  const named = reach ? reachNamed(reach) : { reached: [], missing: [] };
  const card = useRef<HTMLElement>(null);
  useEffect(() => card.current?.focus(), []);
  const signOut = (): void => {
    station.call('session.sign_out', {}).then(
      (answer) => {
        if (!answer.ok) echo(false, answer.refusal.message, now());
      },
      (failure: unknown) => echo(false, String(failure), now()),
    );
  };
  /** The card makes room for what was chosen from it, which takes its share of the whole. */
  const leaveFor = (panel: string): void => {
    flushSync(onClose);
    dock.open(panel);
  };
  const groups = ['From anywhere', 'In lists and panels'] as const;
  return (
    <aside
      ref={card}
      tabIndex={0}
      aria-label="Keys and commands"
      className="help"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        onClose();
      }}
    >
      <div className="flex items-baseline justify-between">
        <h2>Keys and commands</h2>
        <button type="button" className="choice" onClick={onClose}>
          <Cap>Esc</Cap> close
        </button>
      </div>
      {older.length > 0 ? (
        <section>
          <h3>While an update is under way</h3>
          {older.map((one) => (
            <p key={one.station} className="strip strip-amber">
              {olderSaid(one)}
            </p>
          ))}
        </section>
      ) : null}
      {groups.map((group) => (
        <section key={group}>
          <h3>{group}</h3>
          <dl>
            {KEYS.filter((entry) => entry.group === group && !/^layout\.[2-9]$/.test(entry.action)).map((entry) => (
              <div key={entry.action}>
                <dt>
                  {entry.action === 'layout.1' ? (
                    <Cap>Ctrl-1…9</Cap>
                  ) : (
                    <Cap>{keyCap(keys[entry.action] ?? entry.key)}</Cap>
                  )}
                </dt>
                <dd>{entry.action === 'layout.1' ? 'Layouts of this position' : entry.title}</dd>
              </div>
            ))}
            {group === 'In lists and panels' ? (
              <>
                <div>
                  <dt>
                    <Cap>↑ ↓</Cap> <Cap>Enter</Cap>
                  </dt>
                  <dd>Move, open; digits go to a number</dd>
                </div>
                <div>
                  <dt>
                    <Cap>M36</Cap>
                  </dt>
                  <dd>
                    In Units, typed: that unit. A letter with which units begin waits for the rest; <Cap>Enter</Cap> or
                    the letter again does what it is the key for
                  </dd>
                </div>
                <div>
                  <dt>
                    <Cap>Space</Cap>
                  </dt>
                  <dd>Mark a unit, to send several together</dd>
                </div>
              </>
            ) : null}
          </dl>
        </section>
      ))}
      <section>
        <h3>Commands</h3>
        <dl className="help-commands">
          {[...VERBS, ...STATUS_USAGE].map((command) => (
            <div key={command.usage}>
              <dt className="mono">{command.usage}</dt>
              <dd>
                {command.title} <span className="muted mono">{command.example}</span>
              </dd>
            </div>
          ))}
        </dl>
      </section>
      {reach ? (
        <section aria-label="This workstation">
          <h3>This workstation</h3>
          <dl>
            <div>
              <dt>Name</dt>
              <dd>{reach.stationName}</dd>
            </div>
            <div>
              <dt>Keys in</dt>
              <dd>{reach.keySlots.join(', ')}</dd>
            </div>
            {named.reached.length > 0 ? (
              <div>
                <dt>Reaches</dt>
                <dd>{named.reached.join(', ')}</dd>
              </div>
            ) : null}
            {named.missing.length > 0 ? (
              <div>
                <dt>Not reached</dt>
                <dd>{named.missing.join(', ')}</dd>
              </div>
            ) : null}
          </dl>
        </section>
      ) : null}
      <p className="mt-3 flex flex-wrap gap-2">
        <button type="button" className="choice" onClick={() => leaveFor('preferences')}>
          Preferences: palette, size, sounds, keys
        </button>
        <button type="button" className="choice" onClick={() => leaveFor('setup')}>
          Setup
        </button>
        <button type="button" className="choice" onClick={() => leaveFor('requests')}>
          Requests
        </button>
        <button type="button" className="choice" onClick={signOut}>
          Sign out
        </button>
      </p>
    </aside>
  );
}
