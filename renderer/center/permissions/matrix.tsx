import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from 'react';
import type { Role } from '#domain/kernel/permission.ts';
import { type Cursor, KIND_WORDS, type MatrixGroup, moved, REACH_WORDS, standingOf } from './rows.ts';

const PAGE = 12;

const STANDING = {
  'may not': { mark: '·', words: 'may not', style: '' },
  'own alone': { mark: 'own', words: 'may, own alone', style: 'may matrix-own' },
  'taken away': { mark: '✗', words: 'taken away by the organisation', style: 'withheld' },
  may: { mark: '✓', words: 'may', style: 'may' },
} as const;

/** Roles across, permissions down: one tab stop, moved in by the arrows; both heads stay in sight. */
export function Matrix({
  roles,
  groups,
  at,
  onMove,
  onEnter,
  onRestrict,
}: {
  readonly roles: readonly { readonly role: Role; readonly title: string }[];
  readonly groups: readonly MatrixGroup[];
  readonly at: Cursor;
  readonly onMove: (to: Cursor) => void;
  readonly onEnter: () => void;
  readonly onRestrict: () => void;
}): ReactNode {
  const prefix = useId();
  const grid = useRef<HTMLDivElement>(null);
  const rows = groups.flatMap(({ permissions }) => permissions);
  const idOf = ({ row, column }: Cursor): string => `${prefix}-${row}-${column}`;
  const here = idOf(at);
  useEffect(() => {
    document.getElementById(here)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [here]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === 'Enter') onEnter();
    else if (event.key === 'Delete') onRestrict();
    else {
      const to = moved(at, event.key, rows.length, roles.length, PAGE);
      if (to === null) return;
      onMove(to);
    }
    event.preventDefault();
  };
  let index = -1;
  return (
    <div
      ref={grid}
      role="grid"
      aria-label="Permissions"
      aria-rowcount={rows.length + 1}
      aria-colcount={roles.length + 3}
      aria-activedescendant={rows.length > 0 ? here : undefined}
      tabIndex={0}
      data-panel-focus=""
      className="matrix"
      onKeyDown={onKeyDown}
    >
      <div role="row" className="matrix-row matrix-head">
        <span role="columnheader">What</span>
        <span role="columnheader" title="On whose records">
          Reach
        </span>
        <span role="columnheader" title="Who one is has to be confirmed first">
          Confirm
        </span>
        {roles.map(({ role, title }, column) => (
          <span role="columnheader" key={role} className={`matrix-role${column === at.column ? ' at' : ''}`}>
            <span>{title}</span>
          </span>
        ))}
      </div>
      {groups.map((group) => (
        <div role="rowgroup" key={group.name} aria-label={group.title}>
          <div role="row" className="matrix-group">
            <span role="rowheader">
              {group.title} <span className="muted">{group.permissions.length}</span>
              {group.why === null ? null : <span className="text-amber"> ! {group.why}</span>}
            </span>
          </div>
          {group.permissions.map((permission) => {
            index += 1;
            const row = index;
            const cell = (column: number): { readonly id: string; readonly 'aria-selected': boolean } => ({
              id: idOf({ row, column }),
              'aria-selected': at.row === row && at.column === column,
            });
            return (
              <div
                role="row"
                key={permission.name}
                aria-label={permission.title}
                className={`matrix-row${at.row === row ? ' at' : ''}`}
              >
                {/* biome-ignore lint/a11y/useKeyWithClickEvents: the grid answers to the keys */}
                <span
                  role="rowheader"
                  {...cell(-1)}
                  className="matrix-what"
                  onClick={() => onMove({ row, column: -1 })}
                  title={`${permission.name} · ${KIND_WORDS[permission.kind]}`}
                >
                  {permission.title} <span className="matrix-kind">{KIND_WORDS[permission.kind]}</span>
                </span>
                <span role="gridcell" className="matrix-reach" title={REACH_WORDS[permission.reach].long}>
                  {REACH_WORDS[permission.reach].short}
                </span>
                <span role="gridcell" className="matrix-step">
                  {permission.stepUp ? 'yes' : ''}
                </span>
                {roles.map(({ role, title }, column) => {
                  const stands = standingOf(permission, role);
                  return (
                    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid answers to the keys
                    <span
                      role="gridcell"
                      key={role}
                      {...cell(column)}
                      aria-label={`${title}: ${STANDING[stands].words}`}
                      className={`matrix-cell ${STANDING[stands].style}${column === at.column ? ' at' : ''}`}
                      onClick={() => onMove({ row, column })}
                    >
                      {STANDING[stands].mark}
                    </span>
                  );
                })}
              </div>
            );
          })}
        </div>
      ))}
    </div>
  );
}
