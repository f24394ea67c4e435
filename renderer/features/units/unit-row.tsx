import { memo, type ReactNode, useEffect, useRef } from 'react';
import type { UnitRow } from '#domain/bridge/topics.ts';
import { patientsWords } from '#domain/cad/sentences/words.ts';
import { CONFLICT_CODE } from '#domain/cad/views/status-set.ts';
import { useZone } from '../../app/clock/clock.ts';
import { shortTime } from '../../app/clock/format.ts';
import { useRoster } from '../../app/connection/use-station.ts';
import { select, toggleMark } from '../../app/selection.ts';
import { Mark, StatusChip, Unsent } from '../../ui/chips.tsx';
import { Elapsed } from '../../ui/elapsed.tsx';
import { tint } from '../../ui/tint.ts';
import { shortNumber } from '../board/short-number.ts';
import type { Statuses } from './statuses.ts';
import { unitSaid } from './unit-said.ts';

/** A sign between two things; the space around it goes first where room is short. */
function Between({ sign }: { readonly sign: string }): ReactNode {
  return (
    <>
      <span className="roomy"> {sign} </span>
      <span className="tight">{sign}</span>
    </>
  );
}

/** How many go with it, where that is more than one: whatever else has no room. */
function Aboard({ patients }: Pick<UnitRow, 'patients'>): ReactNode {
  if (patients === null || patients < 2) return null;
  return (
    <span className="stays" title={patientsWords(patients)}>
      ×{patients}
    </span>
  );
}

/** What the unit is doing, in as few words as say it. */
function What({ unit }: { readonly unit: UnitRow }): ReactNode {
  const facilities = useRoster<{ readonly name: string; readonly short: string }>('facility');
  if (unit.conflicts.length > 0 && unit.incidents.length > 1)
    return (
      <>
        <span className="roomy">on </span>
        {unit.incidents.map((on, i) => (
          <span key={on.assignment}>
            {i > 0 ? (
              <b>
                <span className="roomy"> and </span>
                <span className="tight">/</span>
              </b>
            ) : null}
            {shortNumber(on.number)}
          </span>
        ))}
        <span className="roomy roomiest"> — settle</span>
      </>
    );
  if (unit.conflicts.length > 0) return <>{unit.conflicts[0]?.title} — settle</>;
  const several = unit.incidents.length > 1;
  const on = unit.incidents.map(({ number }) => shortNumber(number)).join(' + ');
  const whole = unit.incidents.map(({ number }) => number).join(' + ');
  if (on && unit.standard === 'atDestination' && unit.destination) return unit.destination.name;
  if (on) {
    const { destination } = unit;
    const crowded = destination !== null || unit.contested.length > 0 || unit.emergency !== null;
    const short = destination?.id === undefined ? undefined : facilities[destination.id]?.body.short;
    return (
      <>
        <span title={whole}>
          {several ? null : (
            <span className={crowded ? 'roomy' : 'year'}>{whole.slice(0, whole.length - on.length)}</span>
          )}
          {several
            ? unit.incidents.map(({ assignment, number }, i) => (
                <span key={assignment}>
                  {i > 0 ? <Between sign="+" /> : null}
                  {shortNumber(number)}
                </span>
              ))
            : on}
        </span>
        {destination ? (
          <span title={destination.name}>
            <Between sign="→" />
            {short ?? destination.name}
          </span>
        ) : null}
      </>
    );
  }
  if (unit.reason || unit.until !== null) return <span className="muted">{unit.reason}</span>;
  if (unit.post) return <span className="muted">{unit.post}</span>;
  const home = Object.values(facilities).find((facility) => facility.body.short === unit.home);
  return <span className="muted">{home?.body.name ?? unit.home}</span>;
}

/** Until when a unit on no incident is away: whatever else has no room. */
function Back({ unit }: { readonly unit: UnitRow }): ReactNode {
  const zone = useZone();
  if (unit.until === null || unit.incidents.length > 0 || unit.conflicts.length > 0) return null;
  const at = shortTime(unit.until, zone);
  return (
    <span className="stays muted" title={`back ${at}`}>
      {unit.reason ? <span className="roomy">, back </span> : 'back '}
      {unit.reason ? <span className="tight" /> : null}
      {at}
    </span>
  );
}

export const UnitLineRow = memo(function UnitLine({
  id,
  unit,
  statuses,
  top,
  index,
  selected,
  marked,
}: {
  readonly id: string;
  readonly unit: UnitRow;
  readonly statuses: Statuses;
  /** rem */
  readonly top: number;
  readonly index: number;
  readonly selected: boolean;
  readonly marked: boolean;
}): ReactNode {
  const element = useRef<HTMLDivElement>(null);
  const zone = useZone();
  const before = useRef(unit.code);
  useEffect(() => {
    if (before.current !== unit.code && element.current) tint(element.current);
    before.current = unit.code;
  }, [unit.code]);
  const conflict = unit.conflicts.length > 0;
  const calling = unit.emergency?.emergency === 'declared';
  const look = statuses.look(unit.id, conflict ? CONFLICT_CODE : unit.code);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid answers to the keys
    <div
      ref={element}
      id={id}
      role="row"
      aria-label={unit.callsign}
      aria-description={unitSaid(unit, conflict ? look.label : unit.label || look.label, marked, zone)}
      aria-rowindex={index}
      aria-selected={selected || marked}
      className={`unit-row${conflict || calling ? ' alert' : ''}`}
      style={{ top: `${top}rem` }}
      onClick={(event) => {
        select({ unit: unit.id });
        if (event.ctrlKey || event.metaKey) toggleMark(unit.id);
      }}
      onDoubleClick={() => select({ unit: unit.id, statusOf: unit.id, statusCode: null, statusAsked: true })}
    >
      <span role="rowheader" className="callsign">
        {marked ? (
          <span className="text-accent" title="Marked to be sent">
            ✓
          </span>
        ) : null}
        {unit.callsign}
      </span>
      <span role="gridcell">
        <StatusChip
          code={conflict ? CONFLICT_CODE : unit.code}
          colour={look.colour}
          label={conflict ? look.label : unit.label || look.label}
        />
      </span>
      <span role="gridcell" className="what">
        <span className="gives-way">
          <What unit={unit} />
        </span>
        <Back unit={unit} />
        <Aboard patients={unit.patients} />
        {unit.emergency ? (
          // As radios say it where the word has no room beside the number.
          <Mark
            className={calling ? 'text-bad calls' : 'text-bad'}
            word={calling ? 'EMERGENCY' : 'emergency seen'}
            code={calling ? 'EMER' : 'EM'}
          />
        ) : null}
        {unit.partly ? <Mark className="text-amber" word="partly shown" code="~" /> : null}
        {unit.contested.length > 0 ? <Mark className="text-amber" word="contested" code="??" /> : null}
        <Unsent count={unit.unsent} />
      </span>
      <span role="gridcell" className="since">
        {unit.since > 0 ? <Elapsed since={unit.since} limits={statuses.limits(unit.id, unit.code)} /> : null}
      </span>
    </div>
  );
});
