import { type ReactNode, useId, useMemo, useRef, useState } from 'react';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { PermissionsOutSchema } from '#domain/identity/api/organisation.ts';
import type { Role } from '#domain/kernel/permission.ts';
import { useAction } from '../../app/keys/actions.ts';
import { Cap } from '../../ui/key.tsx';
import { useAnswer } from '../api/use-center.ts';
import { useMay } from '../frame/me.ts';
import { say } from '../frame/said.ts';
import { Panel } from '../parts/panel.tsx';
import { Refused } from '../parts/refused.tsx';
import { usePeople } from '../people/people-known.ts';
import { Matrix } from './matrix.tsx';
import { Restrict } from './restrict.tsx';
import { groupsOf, whyNotRestrict } from './rows.ts';
import { Why } from './why.tsx';

/** The whole matrix, and at its side why one person may or may not do the thing in hand. */
export function Permissions(): ReactNode {
  const id = useId();
  const { value, problem } = useAnswer(PermissionsOutSchema, '/v1/permissions');
  const people = usePeople().value ?? [];
  const may = useMay();
  const [typed, setTyped] = useState('');
  const [module, setModule] = useState('');
  const [role, setRole] = useState<Role | ''>('');
  const [person, setPerson] = useState('');
  const [cursor, setCursor] = useState({ row: 0, column: -1 });
  const words = useRef<HTMLInputElement>(null);
  const side = useRef<HTMLDivElement>(null);
  const matrix = useRef<HTMLDivElement>(null);
  const toMatrix = (): void => matrix.current?.querySelector<HTMLElement>('[role=grid]')?.focus();
  useAction('filter', () => {
    words.current?.focus();
    words.current?.select();
    return true;
  });
  useAction('back', () => {
    if (matrix.current?.querySelector('[role=grid]') === document.activeElement) return false;
    toMatrix();
    return true;
  });
  const groups = useMemo(
    () => (value ? groupsOf(value, { typed: typed.trim().toLowerCase(), module, role }) : []),
    [value, typed, module, role],
  );
  const rows = groups.flatMap(({ permissions }) => permissions);
  const at = { ...cursor, row: Math.max(0, Math.min(cursor.row, rows.length - 1)) };
  const whyNot = whyNotRestrict(
    rows[at.row],
    value?.roles[at.column],
    may(IDENTITY_ACTIONS['permissions.restrict'], { site: null }),
  );
  return (
    <div className="list-detail">
      <Panel
        title="Who may do what"
        count={rows.length}
        hint={
          <>
            <Cap>/</Cap> filter · <Cap>↑↓←→</Cap> move · <Cap>Enter</Cap> why · <Cap>Del</Cap> take away, give back
          </>
        }
        className="list-detail-main"
      >
        <div className="bar">
          <label htmlFor={`${id}-words`} className="sr-only-text">
            Filter permissions
          </label>
          <input
            ref={words}
            id={`${id}-words`}
            className="field bar-words"
            placeholder="/ words of what is done: revoke, chart, invite…"
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape') setTyped('');
              if (event.key !== 'Escape' && event.key !== 'Enter') return;
              event.preventDefault();
              toMatrix();
            }}
          />
          <label htmlFor={`${id}-module`}>Module</label>
          <select
            id={`${id}-module`}
            className="field"
            value={module}
            onChange={(event) => setModule(event.target.value)}
          >
            <option value="">all</option>
            {value?.modules.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
          <label htmlFor={`${id}-role`}>Role</label>
          <select
            id={`${id}-role`}
            className="field"
            value={role}
            onChange={(event) => setRole(event.target.value as Role | '')}
          >
            <option value="">every role</option>
            {value?.roles.map((one) => (
              <option key={one.role} value={one.role}>
                {one.title} alone
              </option>
            ))}
          </select>
        </div>
        {problem ? <Refused problem={problem} /> : null}
        <div ref={matrix} className="matrix-place">
          {value ? (
            <Matrix
              roles={value.roles}
              groups={groups}
              at={at}
              onMove={setCursor}
              onEnter={() => side.current?.querySelector('select')?.focus()}
              onRestrict={() => {
                if (whyNot === null) side.current?.querySelector<HTMLElement>('form input')?.focus();
                else say(false, whyNot);
              }}
            />
          ) : null}
          {value && rows.length === 0 ? <p className="nothing">Nothing matches; Esc in the filter clears it.</p> : null}
        </div>
      </Panel>
      <div ref={side} className="list-detail-side">
        <div className="stack">
          <Panel title="Why">
            <Why permission={rows[at.row]} people={people} person={person} onPerson={setPerson} />
          </Panel>
          <Panel title="Of this organisation" className="panel-fit">
            <Restrict permission={rows[at.row]} role={value?.roles[at.column]} onDone={toMatrix} />
          </Panel>
        </div>
      </div>
    </div>
  );
}
