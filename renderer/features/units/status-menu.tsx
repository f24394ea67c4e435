import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { UnitRow } from '#domain/bridge/topics.ts';
import { objectionToCount } from '#domain/cad/command/hospital.ts';
import { reasonAndMinutes } from '#domain/cad/command/reason-and-minutes.ts';
import type { RosterBody } from '#domain/cad/roster.ts';
import { patientsWords } from '#domain/cad/sentences/words.ts';
import type { StatusCode } from '#domain/cad/status.ts';
import { useAct } from '../../app/act.ts';
import { now } from '../../app/clock/clock.ts';
import { useRoster } from '../../app/connection/use-station.ts';
import { select, useSelection } from '../../app/selection.ts';
import { questionOf, useTypedKept } from '../../app/typed-kept.ts';
import { StatusChip } from '../../ui/chips.tsx';
import { choiceByDigit } from '../../ui/choice-by-digit.ts';
import { Cap } from '../../ui/key.tsx';
import { onlyNamed, severalNamed } from '../../ui/only-named.ts';
import { placeTyped } from './place-typed.ts';
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
  const code = typed.trim().toUpperCase();
  const matching = choices.filter(
    (status) => status.code.startsWith(code) || status.label.toUpperCase().includes(code),
  );
  const places = useMemo(
    () =>
      Object.values(facilities)
        .filter((row) => (picked?.asks === 'hospital' ? row.body.kind === 'hospital' : row.body.kind !== 'hospital'))
        .sort((a, b) => a.body.name.localeCompare(b.body.name)),
    [facilities, picked],
  );
  const { words, patients, matching: matchingPlaces } = placeTyped(typed, places, picked?.asks);
  const wanted = words.toUpperCase();
  const aboard = patients === null ? {} : { patients };

  /** What may be typed here, so that a digit that begins one of them is typed. */
  const names = picked
    ? matchingPlaces.flatMap(({ body }) => [body.short, body.name])
    : choices.flatMap(({ code, label }) => [code, label]);

  const press = (status: StatusCode, more: object): void => {
    const objection = patients === null ? null : objectionToCount(patients);
    if (objection !== null) {
      setError(objection);
      return;
    }
    // Pressed again before it is answered it is the same press, whatever moment its minutes end by now.
    const said = JSON.stringify([status.code, { ...more, until: undefined }]);
    if (onItsWay.current === said) return;
    onItsWay.current = said;
    act('unit.status', { unit: unit.id, code: status.code, ...more }, (answer) => {
      onItsWay.current = null;
      if (answer.ok) onDone();
      else setError(answer.refusal.message);
    });
  };
  const pick = (status: StatusCode): void => {
    type({ typed: '' });
    setError('');
    if (status.asks === 'nothing') press(status, {});
    else {
      select({ statusCode: status.code });
      input.current?.focus();
    }
  };
  const pickPlace = (id: string, name: string): void => {
    if (!picked) return;
    press(picked, picked.asks === 'hospital' ? { destination: { id, name }, ...aboard } : { post: name });
  };
  const enter = (): void => {
    if (!picked) {
      if (wanted === '') return;
      const named = onlyNamed(choices, (status) => [status.code, status.label], typed);
      if (named) pick(named);
      else
        setError(
          severalNamed(
            typed,
            matching.map((status) => status.code),
          ),
        );
      return;
    }
    if (picked.asks === 'reason') {
      const { reason, minutes } = reasonAndMinutes(typed);
      press(picked, {
        ...(reason ? { reason } : {}),
        ...(minutes === null ? {} : { until: now() + minutes * 60_000 }),
      });
      return;
    }
    const place = wanted ? onlyNamed(places, ({ body }) => [body.short, body.name], words) : null;
    if (!place && matchingPlaces.length > 0 && wanted)
      setError(
        severalNamed(
          words,
          matchingPlaces.map((row) => row.body.short),
        ),
      );
    else if (place) pickPlace(place.id, place.body.name);
    else if (words) press(picked, picked.asks === 'hospital' ? { destination: { name: words } } : { post: words });
    else press(picked, aboard);
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
          aria-describedby={`${id}-choices`}
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
              if (place) pickPlace(place.id, place.body.name);
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
                <button
                  type="button"
                  tabIndex={-1}
                  className="choice"
                  key={row.id}
                  onClick={() => pickPlace(row.id, row.body.name)}
                >
                  <span className="mono muted">{i + 1}</span>
                  {[row.body.name, patients === null ? '' : patientsWords(patients)].filter(Boolean).join(', ')}
                </button>
              ))}
      </div>
      {error ? (
        <p role="alert" className="error-line">
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}
