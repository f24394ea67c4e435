import { type FormEvent, type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import './sign-in.css';
import { useZone } from '../../app/clock/clock.ts';
import { shortTime } from '../../app/clock/format.ts';
import { useConnection, useReach, useStation } from '../../app/connection/use-station.ts';
import { wakeSounds } from '../../app/sounds/player.ts';
import { BehindTheLock } from './behind-the-lock.tsx';

/** What came of it: nothing where they are in; why not; or a code that is missing. */
interface Said {
  readonly message: string;
  readonly code: boolean;
}
const IN: Said = { message: '', code: false };
const no = (message: string): Said => ({ message, code: false });

/** What is missing is a code, or the one that was typed is not right. */
function saidOf({ code, message }: { readonly code: string; readonly message: string }): Said {
  return { message, code: code === 'second_factor.needed' || code === 'second_factor.refused' };
}

function Asked({
  title,
  said,
  user,
  button,
  more,
  onSend,
}: {
  readonly title: string;
  readonly said: ReactNode;
  /** Null asks for the name too. */
  readonly user: string | null;
  readonly button: string;
  /** Other ways to go on, under the one that is asked for. */
  readonly more?: readonly { readonly label: string; readonly go: () => void }[];
  readonly onSend: (user: string, password: string, code: string) => Promise<Said>;
}): ReactNode {
  const id = useId();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  /** Null until one is asked for. */
  const [code, setCode] = useState<string | null>(null);
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const [capsLock, setCapsLock] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  const last = useRef<HTMLInputElement>(null);
  const secret = useRef<HTMLInputElement>(null);
  const wasBusy = useRef(false);
  useEffect(() => {
    // A button that cannot be pressed for a while loses the focus: what is to be typed anew has it then.
    if (wasBusy.current && !busy && error !== '' && document.activeElement === document.body) secret.current?.focus();
    wasBusy.current = busy;
  }, [busy, error]);
  const lookAtCapsLock = (event: KeyboardEvent): void => setCapsLock(event.getModifierState('CapsLock'));
  const asksCode = code !== null;
  useEffect(() => (asksCode ? last : first).current?.focus(), [asksCode]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    wakeSounds();
    if (busy) return;
    setBusy(true);
    setError('');
    onSend(user ?? name.trim(), password, code?.trim() ?? '')
      .then((said) => {
        setError(said.message);
        setCode(said.code ? '' : null);
        if (said.message && !said.code) setPassword('');
      })
      .catch((failure: unknown) => setError(String(failure)))
      .finally(() => setBusy(false));
  };
  return (
    <main className="sign-in">
      <form className="sign-in-card" onSubmit={submit} onKeyDown={lookAtCapsLock} onKeyUp={lookAtCapsLock}>
        <h1>{title}</h1>
        <div className="muted">{said}</div>
        {user === null ? (
          <div>
            <label htmlFor={`${id}-user`}>User</label>
            <input
              ref={first}
              id={`${id}-user`}
              className="field"
              autoComplete="username"
              autoCapitalize="off"
              spellCheck={false}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          </div>
        ) : null}
        <div>
          <label htmlFor={`${id}-password`}>Password</label>
          <input
            ref={(input) => {
              secret.current = input;
              if (user !== null) first.current = input;
            }}
            id={`${id}-password`}
            aria-describedby={error === '' ? undefined : `${id}-error`}
            type="password"
            className="field"
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </div>
        {asksCode ? (
          <div>
            <label htmlFor={`${id}-code`}>Code</label>
            <input
              ref={last}
              id={`${id}-code`}
              className="field"
              autoComplete="one-time-code"
              autoCapitalize="off"
              spellCheck={false}
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />
          </div>
        ) : null}
        <p role="status" className={capsLock ? 'text-amber' : 'sr-only-text'}>
          {capsLock ? 'Caps Lock is on.' : ''}
        </p>
        {error ? (
          <p id={`${id}-error`} role="alert" className="error-line">
            {error}
          </p>
        ) : null}
        <button type="submit" className="sign-in-button" disabled={busy}>
          {busy ? 'One moment…' : button}
        </button>
        {more ? (
          <div className="sign-in-more">
            {more.map(({ label, go }) => (
              <button key={label} type="button" className="sign-in-other" disabled={busy} onClick={go}>
                {label}
              </button>
            ))}
          </div>
        ) : null}
      </form>
    </main>
  );
}

function Reached(): ReactNode {
  const reach = useReach();
  const zone = useZone();
  const { connected } = useConnection();
  if (!connected) return <>The station of this workstation does not answer yet; trying again.</>;
  if (!reach || reach.center === 'reached') return <>Sign in to work at this position.</>;
  return (
    <>
      {reach.center === 'never'
        ? 'The center has not been reached yet'
        : `The center ${reach.center === 'refused' ? 'refuses this workstation' : 'is unreachable'} since ${shortTime(reach.since, zone)}`}
      : sign-in goes by the grant kept at this station, for users who have signed in here before. Everything works
      locally.{reach.refusal === null ? null : ` ${reach.refusal}`}
    </>
  );
}

export function SignIn(): ReactNode {
  const station = useStation();
  const reach = useReach();
  return (
    <Asked
      title={reach?.site ?? 'Quantum Dispatch'}
      said={
        <>
          <p>{reach?.stationName ? `${reach.stationName} · ` : ''}Quantum Dispatch</p>
          <p role="status" aria-label="Reach">
            <Reached />
          </p>
        </>
      }
      user={null}
      button="Sign in"
      onSend={signInAt(station)}
    />
  );
}

/**
 * Nothing about anyone but the operator's own name is in sight while the console is locked, but that help is called for or an
 * urgent call waits; what was typed waits behind it.
 * Locked is not signed out: they unlock it, or somebody else takes the seat in one step.
 */
export function Locked({ name, ended }: { readonly name: string; readonly ended: boolean }): ReactNode {
  const station = useStation();
  const [changing, setChanging] = useState(false);
  const signOut = (): void => {
    station.call('session.sign_out', {}).catch(() => undefined);
  };
  if (changing) {
    return (
      <Asked
        key="change"
        title="Change operator"
        said={<p>{name} is signed out when you are in. What they were typing stays at this position.</p>}
        user={null}
        button="Take over"
        more={[{ label: 'Back', go: () => setChanging(false) }]}
        onSend={signInAt(station)}
      />
    );
  }
  return (
    <Asked
      key="locked"
      title="Locked"
      said={
        <>
          <p>{name} is signed in at this position. Everything goes on behind the lock.</p>
          <BehindTheLock />
          {ended ? <p>The center ended this session: the password begins another.</p> : null}
        </>
      }
      user={name}
      button="Unlock"
      more={[
        { label: 'Change operator', go: () => setChanging(true) },
        { label: 'Sign out', go: signOut },
      ]}
      onSend={async (_user, password, code) => {
        if (password === '') return no('Type your password.');
        const answer = await station.call('session.unlock', { password, ...(code === '' ? {} : { code }) });
        return answer.ok ? IN : saidOf(answer.refusal);
      }}
    />
  );
}

/** Signs in what was typed. */
function signInAt(station: ReturnType<typeof useStation>): Parameters<typeof Asked>[0]['onSend'] {
  return async (user, password, code) => {
    if (user === '') return no('Type your user name.');
    if (password === '') return no('Type your password.');
    const answer = await station.call('session.sign_in', { user, password, ...(code === '' ? {} : { code }) });
    return answer.ok ? IN : saidOf(answer.refusal);
  };
}

export function Unwelcome({ why }: { readonly why: string }): ReactNode {
  return (
    <main className="sign-in">
      <div className="sign-in-card" role="alert">
        <h1>This window is not known to the station</h1>
        <p>{why}</p>
        <p className="muted">
          Close it and open the console from its start again; what was typed is kept by the station.
        </p>
      </div>
    </main>
  );
}
