/** Which panels there are: what fills each, what its head says. A panel's id is its name, or `name:subject`. */
import type { ReactNode } from 'react';
import { MOST_CLOSED } from '#domain/bridge/topics.ts';
import { isAvailable } from '#domain/cad/views/availability.ts';
import type { IncidentListKind } from '../../features/board/incident-columns.tsx';
import { IncidentList, useIncidentList, useShownIncidents } from '../../features/board/incident-list.tsx';
import { leaveFound } from '../../features/found/found.ts';
import { FoundPanel, FoundTitle } from '../../features/found/found-panel.tsx';
import { IncidentPanel, IncidentTitle } from '../../features/incident/incident-panel.tsx';
import { IntakePanel, IntakeTitle } from '../../features/intake/intake-panel.tsx';
import { leaveCall } from '../../features/intake/take-calls.ts';
import { PreferencesPanel } from '../../features/preferences/preferences-panel.tsx';
import { RequestsPanel } from '../../features/requests/requests-panel.tsx';
import { SettlePanel } from '../../features/settle/settle-panel.tsx';
import { useToSettle } from '../../features/settle/use-to-settle.ts';
import { SetupPanel } from '../../features/setup/setup-panel.tsx';
import { useShownUnits } from '../../features/units/shown-units.ts';
import { UnitsPanel } from '../../features/units/units-panel.tsx';
import { countSaid } from '../../ui/count-said.ts';
import type { Station } from '../connection/station.ts';
import { useRequests, useUnits } from '../connection/use-station.ts';
import { KeyName } from './key-name.tsx';

export interface PanelKind {
  readonly title: string;
  readonly Body: (props: { readonly subject: string }) => ReactNode;
  /** The head, where it says more than the title. */
  readonly Title?: (props: { readonly subject: string }) => ReactNode;
  /** What stands at the right of the head. */
  readonly Hint?: () => ReactNode;
  /** How it is closed, where more is to be done than to take it away. */
  readonly leave?: (station: Station, subject: string) => void;
  /** Comes and goes with the work: not part of a saved layout. */
  readonly passing?: boolean;
  /** Comes beside its like on the board, and not as a column of its own. */
  readonly home?: boolean;
  /** Height that it needs, with its head, for what is in hand to stand in it whole. In rem. */
  readonly leastRem?: number;
}

function Counted({
  title,
  count,
  note,
  urgent,
}: {
  readonly title: ReactNode;
  readonly count: number | string;
  readonly note?: string;
  readonly urgent?: string;
}): ReactNode {
  return (
    <>
      {title}
      <span className="count">{count}</span>
      {note ? <span className="note">{note}</span> : null}
      {urgent ? <span className="note urgent">{urgent}</span> : null}
    </>
  );
}

function UnitsTitle(): ReactNode {
  const units = Object.values(useUnits());
  const { shown, typed } = useShownUnits();
  const available = units.filter(isAvailable).length;
  return <Counted title="Units" count={countSaid(shown.length, units.length, typed !== '')} note={`${available} AV`} />;
}

function SettleTitle(): ReactNode {
  return (
    <Counted
      title={
        <span>
          <span className="if-room">To </span>settle
        </span>
      }
      count={useToSettle().length}
    />
  );
}

function RequestsTitle(): ReactNode {
  const open = Object.values(useRequests()).filter((request) => request.state !== 'accepted');
  return (
    <Counted
      title={
        <span>
          Req<span className="if-room">uests</span>
        </span>
      }
      count={open.length}
    />
  );
}

function ListTitle({ title, kind }: { readonly title: ReactNode; readonly kind: IncidentListKind }): ReactNode {
  const { length } = useIncidentList(kind);
  const { shown, typed } = useShownIncidents(kind);
  const all = kind === 'closed' && length >= MOST_CLOSED ? `${MOST_CLOSED}+` : length;
  return <Counted title={title} count={countSaid(shown.length, all, typed !== '')} />;
}
const PendingBody = (): ReactNode => <IncidentList kind="pending" />;
const ActiveBody = (): ReactNode => <IncidentList kind="active" />;
const ClosedBody = (): ReactNode => <IncidentList kind="closed" />;
/** Priority 1 calls are counted in the head: the oldest stand first, and these may wait below what is in sight. */
function PendingTitle(): ReactNode {
  const rows = useIncidentList('pending');
  const urgent = rows.filter(({ priority, state }) => priority === '1' && state !== 'held').length;
  const { shown, typed } = useShownIncidents('pending');
  const count = countSaid(shown.length, rows.length, typed !== '');
  return <Counted title="Pending" count={count} {...(urgent > 0 ? { urgent: `${urgent} P1` } : {})} />;
}
const ActiveTitle = (): ReactNode => <ListTitle title="Active" kind="active" />;
const ClosedTitle = (): ReactNode => (
  <ListTitle
    title={
      <span>
        <span className="if-room">Recently </span>closed
      </span>
    }
    kind="closed"
  />
);

export const PANELS: { readonly [name: string]: PanelKind } = {
  pending: {
    title: 'Pending',
    Body: PendingBody,
    Title: PendingTitle,
    Hint: () => (
      <>
        <KeyName action="go.pending" /> · oldest first
      </>
    ),
  },
  active: { title: 'Active', Body: ActiveBody, Title: ActiveTitle, Hint: () => <KeyName action="go.active" /> },
  closed: { title: 'Recently closed', Body: ClosedBody, Title: ClosedTitle },
  found: {
    title: 'Found',
    Body: FoundPanel,
    Title: FoundTitle,
    Hint: () => (
      <>
        <KeyName action="close" /> reopens · Esc closes
      </>
    ),
    leave: leaveFound,
    passing: true,
    home: true,
  },
  units: {
    title: 'Units',
    Body: UnitsPanel,
    Title: UnitsTitle,
    Hint: () => (
      <>
        <KeyName action="go.units" /> · Enter status · Space marks · <KeyName action="filter" /> filters
      </>
    ),
  },
  incident: {
    title: 'Incident',
    Body: ({ subject }) => <IncidentPanel pinned={subject || null} />,
    Title: ({ subject }) => <IncidentTitle pinned={subject || null} />,
    Hint: () => (
      <>
        Enter opens · <KeyName action="note" /> note · <KeyName action="time" /> time · <KeyName action="link" /> link
      </>
    ),
  },
  intake: {
    title: 'Call',
    Body: ({ subject }) => <IntakePanel subject={subject} />,
    Title: ({ subject }) => <IntakeTitle subject={subject} />,
    Hint: () => (
      <>
        <KeyName action="panel.close" /> done
      </>
    ),
    leave: leaveCall,
    passing: true,
  },
  settle: {
    title: 'To settle',
    Body: SettlePanel,
    Title: SettleTitle,
    leastRem: 13,
    Hint: () => (
      <>
        <KeyName action="settle.next" /> next · its digit, or ↑ ↓ and Enter
      </>
    ),
  },
  requests: { title: 'Requests', Body: RequestsPanel, Title: RequestsTitle },
  setup: { title: 'Setup', Body: SetupPanel, passing: true },
  preferences: { title: 'Preferences', Body: PreferencesPanel, passing: true },
};

export function panelName(id: string): string {
  const colon = id.indexOf(':');
  return colon < 0 ? id : id.slice(0, colon);
}
export function panelSubject(id: string): string {
  const colon = id.indexOf(':');
  return colon < 0 ? '' : id.slice(colon + 1);
}
