import type { ReactNode } from 'react';
import type { AuditEntry } from '#domain/identity/api/audit.ts';
import { DecisionSchema } from '#domain/kernel/decision.ts';
import { useZone } from '../../app/clock/clock.ts';
import { clockTime, dayLine } from '../../app/clock/format.ts';
import { Known, State } from '../parts/rows.tsx';
import { actorSaid, differences, entrySaid, isMoment, type Names } from './said.ts';
import type { AuditTyped } from './search-query.ts';

/** One entry: all that is kept of it, and what else it belongs to. */
export function EntryDetail({
  entry,
  names,
  onSearch,
}: {
  readonly entry: AuditEntry;
  readonly names: Names;
  readonly onSearch: (narrower: Partial<AuditTyped>) => void;
}): ReactNode {
  const zone = useZone();
  const shown = (field: string, text: string | null): string =>
    isMoment(field, text) ? `${dayLine(Number(text), zone)} ${clockTime(Number(text), zone)}` : (text ?? '–');
  const changes = differences(entry.before, entry.after);
  const had = changes.some(({ before }) => before !== null);
  const decision = DecisionSchema.safeParse(entry.decision);
  const link = (text: string, narrower: Partial<AuditTyped>, what: string): ReactNode => (
    <button type="button" className="link mono" title={`Everything of this ${what}`} onClick={() => onSearch(narrower)}>
      {text}
    </button>
  );
  return (
    <div className="detail">
      <h3>{entrySaid(entry)}</h3>
      <Known
        rows={[
          ['When', `${dayLine(entry.at, zone)} ${clockTime(entry.at, zone)}`],
          [
            'Who',
            entry.actor === null
              ? 'nobody known'
              : link(actorSaid(entry.actor, names), { actor: entry.actor }, 'person'),
          ],
          entry.device === null
            ? null
            : ['Workstation', link(names.get(entry.device) ?? entry.device, { device: entry.device }, 'workstation')],
          ['Table', link(entry.table, { table: entry.table }, 'table')],
          entry.row === null ? null : ['Row', link(entry.row, { table: entry.table, row: entry.row }, 'row')],
          entry.reason === null ? null : ['Reason', entry.reason],
          entry.session === null ? null : ['Session', link(entry.session, { session: entry.session }, 'session')],
          entry.request === null ? null : ['Request', link(entry.request, { request: entry.request }, 'request')],
          [
            'Seal',
            entry.sealed === null ? (
              <State key="seal" tone="amber">
                within a second
              </State>
            ) : (
              <State key="seal" tone="good">
                under seal {entry.sealed}
              </State>
            ),
          ],
        ]}
      />
      {changes.length > 0 ? (
        <table className="changes">
          <caption>
            {entry.op === 'read' || entry.op === 'act' ? 'What about it' : had ? 'Before and after' : 'As it was made'}
          </caption>
          <thead>
            <tr>
              <th scope="col">Field</th>
              {had ? <th scope="col">Before</th> : null}
              <th scope="col">After</th>
            </tr>
          </thead>
          <tbody>
            {changes.map(({ field, before, after }) => (
              <tr key={field}>
                <th scope="row">{field}</th>
                {had ? <td>{shown(field, before)}</td> : null}
                <td>{shown(field, after)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {decision.success && decision.data.rules.length > 0 ? (
        <>
          <h3>Decided {decision.data.verdict.toLowerCase().replace('_', ' ')}</h3>
          <ul className="reasons">
            {decision.data.rules.map((rule) => (
              <li key={rule.rule}>
                {rule.reason} <span className="muted mono">{rule.rule}</span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </div>
  );
}
