/** What the keys of the board do. */
import { useMemo } from 'react';
import type { UnitRow } from '#domain/bridge/topics.ts';
import { isAvailable } from '#domain/cad/views/availability.ts';
import { activeOf, pendingOf } from '../features/board/board-rows.ts';
import { callsInHand } from '../features/intake/calls-in-hand.ts';
import { doneWithCall } from '../features/intake/take-calls.ts';
import { useToSettle } from '../features/settle/use-to-settle.ts';
import { useAct } from './act.ts';
import { now } from './clock/clock.ts';
import { echo } from './command-line/echo.ts';
import { commandLine } from './command-line/line.ts';
import { useIncidents, useStation, useUnits } from './connection/use-station.ts';
import { keyFor, useAction } from './keys/actions.ts';
import { dock } from './layout/dock-api.ts';
import { PANELS, panelName, panelSubject } from './layout/panels.tsx';
import { select, selection } from './selection.ts';
import { seenCalls } from './sounds/seen-calls.ts';
import { preferences } from './theme/preferences.ts';
import { useAlarm } from './use-alarm.ts';
import { typesElsewhere } from './working-in.ts';

const OF_INCIDENTS = ['pending', 'active', 'closed', 'incident'] as const;

/**
 * The incident that the panel in hand is about, else the selected one; null where this window shows none: what is selected in
 * another is not known here, and nothing is sent where nobody looks.
 */
function incidentInHand(): string | null {
  const panel = dock.current();
  if (panel !== null && panelName(panel) === 'intake') {
    const subject = panelSubject(panel);
    return callsInHand()[subject]?.incident ?? selection().incident;
  }
  return OF_INCIDENTS.some(dock.isOpen) ? selection().incident : null;
}

function noUnit(): void {
  echo(false, `no unit is selected; ${keyFor('go.units', preferences().keys)} goes to the units`, now());
}

export function useBoardKeys(): void {
  const station = useStation();
  const incidents = useIncidents();
  const units = useUnits();
  const toSettle = useToSettle();
  const act = useAct();
  const alarmNow = useAlarm();
  const lists = useMemo(() => {
    const rows = Object.values(incidents);
    return { pending: pendingOf(rows), active: activeOf(rows) };
  }, [incidents]);

  useAction('go.pending', () => {
    dock.open('pending');
    return true;
  });
  useAction('go.active', () => {
    dock.open('active');
    return true;
  });
  useAction('go.closed', () => {
    dock.open('closed');
    return true;
  });
  useAction('go.units', () => {
    dock.open('units');
    return true;
  });
  useAction('panel.next', () => {
    dock.step(1);
    return true;
  });
  useAction('panel.previous', () => {
    dock.step(-1);
    return true;
  });
  useAction('panel.close', () => {
    const panel = dock.passing();
    const kind = panel === null ? null : PANELS[panelName(panel)];
    if (panel === null) echo(false, 'no call is open beside the board', now());
    else if (panelName(panel) === 'intake') doneWithCall(station, panelSubject(panel));
    else if (kind?.leave) kind.leave(station, panelSubject(panel));
    else dock.close(panel);
    return true;
  });
  useAction('panel.tall', () => {
    const panel = dock.current();
    if (panel !== null) dock.tall(panel);
    return true;
  });
  useAction('board', () => {
    dock.open('pending');
    return true;
  });
  useAction('settle.next', () => {
    const alarm = alarmNow();
    if (alarm && 'unit' in alarm) {
      const { unit } = alarm;
      act('unit.emergency', { unit: unit.id, emergency: 'seen' });
      select({ unit: unit.id, ...(unit.incidents[0] ? { incident: unit.incidents[0].id } : {}) });
      dock.open('units');
      return true;
    }
    if (alarm) {
      seenCalls.add(alarm.call.id);
      select({ incident: alarm.call.id });
      dock.open('pending');
      return true;
    }
    const first = toSettle[0];
    if (!first) {
      echo(true, 'nothing to settle', now());
      return true;
    }
    dock.open('settle');
    return false;
  });
  useAction('accept', () => {
    const { marked } = selection();
    const inHand = incidents[incidentInHand() ?? ''];
    const sent = marked.filter((id) => units[id]);
    if (sent.length > 0 && !inHand) {
      const line = `D ${sent.map((id) => units[id]?.callsign).join(',')} `;
      commandLine.fill(line, line.length);
      return true;
    }
    const incident = inHand ?? lists.pending[0];
    if (!incident) {
      echo(false, 'no incident is selected to send a unit to', now());
      return true;
    }
    if (sent.length > 0) {
      act('unit.dispatch', { incident: incident.id, units: sent }, (answer) => {
        if (answer.ok) select({ marked: [] });
      });
      return true;
    }
    const unit = units[selection().unit ?? ''];
    const callsign = dock.current() === 'units' && unit && isAvailable(unit) ? unit.callsign : '';
    const line = `D ${callsign} ${incident.number}`;
    commandLine.fill(line, callsign ? line.length : 2);
    return true;
  });
  useAction('unit.next', () => {
    const { unit } = selection();
    const row = unit === null ? undefined : units[unit];
    if (!row) {
      noUnit();
      return true;
    }
    if (row.next === null) {
      echo(false, `${row.callsign} ${row.code} has no next status; Enter lists them all`, now());
      return true;
    }
    const from = document.activeElement;
    // The step that is shown, so that the key pressed twice before it shows is one step; once it shows, the next is another.
    act('unit.next', { unit: row.id, to: row.next }, (answer) => {
      // A status that needs more asks for it where the unit stands.
      if (!answer.ok && answer.refusal.code.startsWith('needs.')) {
        if (!dock.isOpen('units')) dock.open('units');
        select({ statusOf: row.id, statusCode: row.next, statusAsked: !typesElsewhere(from) });
      }
    });
    return true;
  });
  /** Said in the line, where the rest is asked for and what it will do stands before Enter. */
  const inLine = (lineFor: (unit: UnitRow) => string) => () => {
    const row = units[selection().unit ?? ''];
    if (row) {
      const line = lineFor(row);
      commandLine.fill(line, line.length);
    } else noUnit();
    return true;
  };
  useAction(
    'unit.move',
    inLine(({ callsign }) => `MV ${callsign} `),
  );
  useAction(
    'unit.swap',
    inLine(({ callsign }) => `SW ${callsign} `),
  );
  useAction(
    'unit.emergency',
    inLine(({ callsign, emergency }) => `EM ${callsign}${emergency ? ' OVER' : ''}`),
  );
  useAction('lock', () => {
    station.call('session.lock', {}).then(
      (answer) => {
        if (!answer.ok) echo(false, answer.refusal.message, now());
      },
      () => undefined,
    );
    return true;
  });
  useLayoutKeys();
}

function useLayoutKeys(): void {
  const use = (number: number) => () => {
    dock.switchTo(number);
    return true;
  };
  useAction('layout.1', use(1));
  useAction('layout.2', use(2));
  useAction('layout.3', use(3));
  useAction('layout.4', use(4));
  useAction('layout.5', use(5));
  useAction('layout.6', use(6));
  useAction('layout.7', use(7));
  useAction('layout.8', use(8));
  useAction('layout.9', use(9));
}
