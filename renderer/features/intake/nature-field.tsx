import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { IncidentRow } from '#domain/bridge/topics.ts';
import type { RosterBody } from '#domain/cad/roster.ts';
import { useRoster } from '../../app/connection/use-station.ts';
import { PriorityChip } from '../../ui/chips.tsx';
import { choiceByDigit } from '../../ui/choice-by-digit.ts';
import { FieldNotes, FieldRow, saidWith } from './field-row.tsx';
import { type NatureChoice, naturesFor } from './natures.ts';
import { useEdit, useField, useOnNumber } from './use-field.ts';

/** What happened, by typing or by digit; it brings its priority unless someone has chosen another. */
export function NatureField({
  subject,
  row,
  inputId,
  onStands,
}: {
  readonly subject: string;
  readonly row: IncidentRow | null;
  readonly inputId: string;
  /** Enter or a digit put a nature in: the next question may be asked. */
  readonly onStands: () => void;
}): ReactNode {
  const id = useId();
  const stands = row?.nature?.text ?? '';
  const state = useField(subject, 'nature', row, stands);
  const edit = useEdit(subject, row);
  const roster = useRoster<RosterBody<'nature'>>('nature');
  const [open, setOpen] = useState(false);
  /** The choice that Enter takes; -1 where it takes none: nothing was typed yet, and no arrow was pressed. */
  const [at, setAt] = useState(-1);
  const all = useMemo(
    () =>
      Object.values(roster).map(
        ({ body }): NatureChoice => ({
          code: body.code,
          text: body.text,
          alsoCalled: body.alsoCalled,
          priority: body.priority,
        }),
      ),
    [roster],
  );
  const choices = useMemo(() => naturesFor(all, state.dirty ? state.value : ''), [all, state.dirty, state.value]);

  const names = useMemo(() => all.flatMap(({ code, text, alsoCalled = [] }) => [code, text, ...alsoCalled]), [all]);

  const entered = useRef(false);
  /** The field is left by what chose in it, before it is drawn with that: it says the text before, which goes in no more. */
  const chose = useRef(false);
  const choose = (choice: NatureChoice): void => {
    chose.current = true;
    setOpen(false);
    state.type(choice.text);
    // Enter that came before the incident had its number is carried out when it has.
    entered.current = !row;
    if (!row) return;
    edit({ nature: { code: choice.code, text: choice.text } }, ['nature'], state.fail);
  };
  /** The choice under the bar; where nothing fits, the words themselves. */
  const commit = (): void => {
    const text = state.value.trim();
    if (!state.dirty || text === '') {
      state.drop();
      setOpen(false);
      return;
    }
    const chosen = choices[at] ?? choices[0];
    entered.current = !row;
    if (chosen) choose(chosen);
    else if (row) {
      setOpen(false);
      edit({ nature: { code: 'OTHER', text: text.slice(0, 120) } }, ['nature'], state.fail);
    }
  };
  useOnNumber(subject, row, () => {
    if (state.dirty && (entered.current || document.activeElement?.id !== inputId)) commit();
  });

  // A form that is lower than what is to be chosen from follows: what is typed, and what Enter would take, stay in sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: other words are other choices
  useEffect(() => {
    if (!open) return;
    for (const here of [`${id}-list`, inputId, `${id}-${at}`])
      document.getElementById(here)?.scrollIntoView({ block: 'nearest' });
  }, [open, at, state.value]);

  return (
    <FieldRow id={inputId} label="Nature" state={state}>
      <input
        id={inputId}
        role="combobox"
        aria-expanded={open}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={open && choices[at] ? `${id}-${at}` : undefined}
        {...saidWith(inputId, state)}
        className={`field font-semibold ${row?.nature && !state.dirty ? 'stands' : ''}`}
        autoComplete="off"
        value={state.value}
        placeholder="what happened"
        onChange={(event) => {
          const text = event.target.value;
          state.type(text);
          chose.current = false;
          setAt(text.trim() === '' || text === stands ? -1 : 0);
          setOpen(true);
        }}
        onFocus={() => {
          state.enter();
          chose.current = false;
          setAt(-1);
          setOpen(true);
        }}
        onBlur={(event) => {
          const over = state.leave(event);
          if (over && !chose.current) commit();
          setOpen(false);
        }}
        onKeyDown={(event) => {
          const typed = state.dirty ? state.value : '';
          const digit = open ? choiceByDigit(typed, event, choices, names) : undefined;
          if (digit) {
            event.preventDefault();
            choose(digit);
            onStands();
          } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            event.preventDefault();
            setOpen(true);
            const many = Math.max(1, choices.length);
            setAt(event.key === 'ArrowDown' ? (at + 1) % many : (Math.max(at, 0) - 1 + many) % many);
          } else if (event.key === 'Enter') {
            event.preventDefault();
            const stood = stands !== '' || at >= 0 || (state.dirty && state.value.trim() !== '');
            const marked = open && !state.dirty ? choices[at] : undefined;
            if (marked) choose(marked);
            else commit();
            if (stood) onStands();
          } else if (event.key === 'Escape' && (open || state.dirty)) {
            event.preventDefault();
            event.stopPropagation();
            state.drop();
            setOpen(false);
          }
        }}
      />
      {open && choices.length > 0 ? (
        <div role="listbox" id={`${id}-list`} aria-label="Choices" className="choices">
          {choices.map((choice, i) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field answers to the keys
            <div
              role="option"
              id={`${id}-${i}`}
              key={choice.code}
              aria-selected={i === at}
              className="choices-line"
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => choose(choice)}
            >
              <span className="mono muted">{i + 1}</span>
              <span className="truncate">
                <b>{choice.text}</b> {choice.by ? <span className="muted">{choice.by} </span> : null}
                <span className="mono muted">{choice.code}</span>
              </span>
              <PriorityChip priority={choice.priority} />
            </div>
          ))}
        </div>
      ) : (
        <div role="listbox" id={`${id}-list`} aria-label="Choices" hidden />
      )}
    </FieldRow>
  );
}

/** The priority as one figure; typing another changes it at once. */
export function PriorityField({
  subject,
  row,
}: {
  readonly subject: string;
  readonly row: IncidentRow | null;
}): ReactNode {
  const id = useId();
  const stands = row?.priority ?? '';
  const state = useField(subject, 'priority', row, stands);
  const edit = useEdit(subject, row);
  const roster = useRoster<RosterBody<'nature'>>('nature');
  const given = Object.values(roster).find(({ body }) => body.code === row?.nature?.code)?.body.priority;
  const set = (typed: string): void => {
    // A digit of an input method is as wide as a letter of its script.
    const last = typed.normalize('NFKC').trim().slice(-1);
    if (last === '1' || last === '2' || last === '3' || last === '4') {
      state.type(last);
      if (last !== stands) edit({ priority: last }, ['priority'], state.fail);
      else state.drop();
    } else if (last === '') state.type('');
    else state.fail('A priority is 1, 2, 3 or 4.');
  };
  useOnNumber(subject, row, () => {
    if (state.dirty) set(state.value);
  });
  return (
    <div className="min-w-0">
      <div className={`field field-box flex items-center gap-2 py-0 ${row?.priority ? 'stands' : ''}`}>
        <PriorityChip priority={row?.priority ?? null} />
        <label htmlFor={id}>Priority</label>
        <input
          id={id}
          className="w-8 bg-transparent py-1.5 text-center font-bold outline-none"
          autoComplete="off"
          inputMode="numeric"
          {...saidWith(id, state)}
          value={state.value}
          onChange={(event) => set(event.target.value)}
          onFocus={(event) => {
            state.enter();
            event.target.select();
          }}
          onBlur={(event) => {
            state.leave(event);
            if (state.value === '') state.drop();
          }}
        />
        <span className="priority-from">
          {row?.priority == null ? 'from the nature, or 1–4' : row.priority === given ? 'from nature' : 'chosen'}
        </span>
      </div>
      <FieldNotes id={id} state={state} />
    </div>
  );
}
