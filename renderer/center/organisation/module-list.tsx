import { type ReactNode, useMemo } from 'react';
import type { z } from 'zod';
import type { ModulesOutSchema } from '#domain/identity/api/organisation.ts';
import { type Column, Grid } from '../../ui/grid.tsx';
import { Cap } from '../../ui/key.tsx';
import { useModules } from '../frame/me.ts';
import { Panel } from '../parts/panel.tsx';
import { Refused, unanswered } from '../parts/refused.tsx';
import { State, type Tone } from '../parts/rows.tsx';

export type ModuleRow = z.output<typeof ModulesOutSchema>['modules'][number];

const TONES: { readonly [P in ModuleRow['position']]: Tone } = {
  on: 'good',
  off: 'muted',
  killed: 'bad',
  'with another': 'muted',
};
const WORDS: { readonly [P in ModuleRow['position']]: string } = {
  on: 'on',
  off: 'off',
  killed: 'stopped by the operator',
  'with another': 'off with another',
};

export function Position({ row }: { readonly row: ModuleRow }): ReactNode {
  return <State tone={TONES[row.position]}>{WORDS[row.position]}</State>;
}

const columnsOf = (titles: ReadonlyMap<string, string>): readonly Column<ModuleRow>[] => [
  { key: 'title', title: 'Module', track: 'minmax(8rem, 1fr)', cell: (row) => <b>{row.title}</b> },
  { key: 'position', title: 'State', track: '12.5rem', cell: (row) => <Position row={row} /> },
  {
    key: 'needs',
    title: 'Needs',
    track: 'minmax(8rem, 1fr)',
    cell: (row) =>
      row.needs.map((name) => titles.get(name) ?? name).join(', ') || <span className="muted">nothing</span>,
    from: 40,
  },
  {
    key: 'why',
    title: 'Why',
    track: 'minmax(8rem, 2fr)',
    cell: (row) => (
      <span title={row.why ?? undefined}>
        {row.why ?? (row.essential ? <span className="muted">dispatching stands on it; never off</span> : '')}
      </span>
    ),
  },
];

export function ModuleList({
  selected,
  onSelect,
  onEnter,
}: {
  readonly selected: string | null;
  readonly onSelect: (name: string) => void;
  readonly onEnter: (name: string) => void;
}): ReactNode {
  const { value, problem } = useModules();
  const rows = value?.modules ?? [];
  const columns = useMemo(() => columnsOf(new Map(value?.modules.map(({ name, title }) => [name, title]))), [value]);
  return (
    <Panel
      title="Modules"
      count={rows.length}
      hint={
        <>
          <Cap>Enter</Cap> switch
        </>
      }
    >
      {problem ? <Refused problem={problem} /> : null}
      <Grid
        label="Modules"
        rows={rows}
        columns={columns}
        idOf={(row) => row.name}
        nameOf={(row) => row.title}
        freshness={(row) => row.position}
        selected={selected}
        onSelect={onSelect}
        onEnter={(row) => onEnter(row.name)}
        quiet={(row) => row.position !== 'on'}
        empty={unanswered(problem)}
      />
    </Panel>
  );
}
