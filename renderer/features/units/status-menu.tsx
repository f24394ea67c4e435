import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { UnitRow } from '#domain/bridge/topics.ts';
import type { RosterBody } from '#domain/cad/roster.ts';
import { patientsWords } from '#domain/cad/sentences/words.ts';
import type { StatusCode } from '#domain/cad/status.ts';
import { useAct } from '../../app/act.ts';
import { now } from '../../app/clock/clock.ts';
import { type RosterRow, useRoster } from '../../app/connection/use-station.ts';
import { select, useSelection } from '../../app/selection.ts';
import { questionOf, useTypedKept } from '../../app/typed-kept.ts';
import { StatusChip } from '../../ui/chips.tsx';
import { choiceByDigit } from '../../ui/choice-by-digit.ts';
import { Cap } from '../../ui/key.tsx';
import { placeTyped } from './place-typed.ts';
import { codeEntered, codesLike, type Entered, type Said, saidEntered, saidOfPlace } from './status-entered.ts';
import { useStatuses } from './statuses.ts';

type Facility = RosterBody<'facility'>;

const ASKS = {
  hospital: 'Hospital? (“mercy 2”: 2 patients)',
  reason: 'Why? (and minutes until back, e.g. “restock 20”)',
  post: 'Where?',
  nothing: '',
};

/** The status of one unit, chosen by code in a strip under the list; a status that needs more asks for it there. */
export function StatusMenu({ unit, onDone }: { readonly unit: UnitRow; readonly onDone: () => void }): ReactNode {
  const id = useId();
  const act = useAct();
  const statuses = useStatuses();
  const facilities = useRoster<Facility>('facility');
  const [{ typed }, type] = useTypedKept(questionOf(unit.id, 'status'), { typed: '' });
  const pressed = useSelection((at) => at.statusCode);
  const picked =
    statuses.forAgency(unit.agency).find((status) => status.code === pressed && status.asks !== 'nothing') ?? null;
  const [error, setError] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const onItsWay = useRef<string | null>(null);
  const asked = useSelection((at) => at.statusAsked);
  useEffect(() => {
    if (!asked) return;
    input.current?.focus();
    select({ statusAsked: false });
  }, [asked]);

  const choices = statuses.forAgency(unit.agency);
  const matching = codesLike(typed, choices);
  const places = useMemo(
    () =>
      Object.values(facilities)
        .filter((row) => (picked?.asks === 'hospital' ? row.body.kind === 'hospital' : row.body.kind !== 'hospital'))
        .sort((a, b) => a.body.name.localeCompare(b.body.name)),
    [facilities, picked],
  );
  const { patients, matching: matchingPlaces } = placeTyped(typed, places, picked?.asks);

  /** What may be typed here, so that a digit that begins one of them is typed. */
  const names = picked
    ? matchingPlaces.flatMap(({ body }) => [body.short, body.name])
    : choices.flatMap(({ code, label }) => [code, label]);

  const press = (status: StatusCode, said: Entered<Said>): void => {
    if (!said) return;
    if ('error' in said) {
      setError(said.error);
      return;
    }
    // Pressed again before it is answered it is the same press, whatever moment its minutes end by now.
    const pressing = JSON.stringify([status.code, { ...said.is, until: undefined }]);
    if (onItsWay.current === pressing) return;
    onItsWay.current = pressing;
    act('unit.status', { unit: unit.id, code: status.code, ...said.is }, (answer) => {
      onItsWay.current = null;
      if (answer.ok) onDone();
      else setError(answer.refusal.message);
    });
  };
  const pick = (status: StatusCode): void => {
    type({ typed: '' });
    setError('');
    if (status.asks === 'nothing') press(status, { is: {} });
    else {
      select({ statusCode: status.code });
      input.current?.focus();
    }
  };
  const pickPlace = (place: RosterRow<Facility>): void => {
    if (picked) press(picked, saidOfPlace(picked.asks, place, patients));
  };
  const enter = (): void => {
    if (picked) {
      press(picked, saidEntered(picked.asks, typed, places, now()));
      return;
    }
    const entered = codeEntered(typed, choices);
    if (entered && 'is' in entered) pick(entered.is);
    else if (entered) setError(entered.error);
  };

  return (
    <fieldset
      aria-label={`Status of ${unit.callsign}`}
      className="border-t border-line bg-raised px-3 py-2"
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.preventDefault();
          event.stopPropagation();
          onDone();
        }
      }}
    >
      <div className="flex items-center gap-2">
        <b className="mono">{unit.callsign}</b>
        {picked ? <StatusChip code={picked.code} {...statuses.look(unit.id, picked.code)} /> : null}
        <input
          ref={input}
          aria-label={picked ? ASKS[picked.asks] : 'Code'}
          aria-describedby={`${id}-choices ${id}-error`}
          aria-invalid={error !== ''}
          className="field mono max-w-96"
          value={typed}
          placeholder={picked ? ASKS[picked.asks] : 'code, or its digit'}
          onChange={(event) => {
            type({ typed: event.target.value });
            setError('');
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') {
              event.preventDefault();
              enter();
            } else if (typed === '' && picked?.asks !== 'reason') {
              const status = picked ? undefined : choiceByDigit('', event, choices, names);
              const place = picked ? choiceByDigit('', event, matchingPlaces, names) : undefined;
              if (!status && !place) return;
              event.preventDefault();
              if (status) pick(status);
              if (place) pickPlace(place);
            }
          }}
        />
        <span className="muted text-sm">
          <Cap>Enter</Cap> sets · <Cap>Esc</Cap> back
        </span>
      </div>
      <div id={`${id}-choices`} className="mt-2 flex flex-wrap gap-1.5">
        {!picked
          ? matching.map((status) => {
              const digit = choices.indexOf(status) + 1;
              return (
                <button type="button" tabIndex={-1} className="choice" key={status.code} onClick={() => pick(status)}>
                  <span className="mono muted">{digit < 10 ? digit : ' '}</span>
                  <StatusChip code={status.code} {...statuses.look(unit.id, status.code)} />
                  {status.label}
                </button>
              );
            })
          : picked.asks === 'reason'
            ? null
            : matchingPlaces.slice(0, 9).map((row, i) => (
                <button type="button" tabIndex={-1} className="choice" key={row.id} onClick={() => pickPlace(row)}>
                  <span className="mono muted">{i + 1}</span>
                  {[row.body.name, patients === null ? '' : patientsWords(patients)].filter(Boolean).join(', ')}
                </button>
              ))}
      </div>
      {error ? (
        <p id={`${id}-error`} role="alert" className="error-line">
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}
