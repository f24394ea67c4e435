import { type ReactNode, useId } from 'react';
import type { IncidentRow } from '#domain/bridge/topics.ts';
import type { RosterBody } from '#domain/cad/roster.ts';
import { useRoster } from '../../app/connection/use-station.ts';
import { FieldNotes, FieldRow, saidWith } from './field-row.tsx';
import { locationOf, type PlacePieces, piecesOf } from './place.ts';
import { useEdit, useField, useOnNumber } from './use-field.ts';

const PIECES = ['detail', 'zone', 'coordinates'] as const;
const FIELDS = { text: 'location', detail: 'detail', zone: 'zone', coordinates: 'coordinates' } as const;

/** Where it is: free text first; detail, zone and coordinates as they come. One value of the incident. */
export function PlaceFields({
  subject,
  row,
  onStands,
  children,
}: {
  readonly subject: string;
  readonly row: IncidentRow | null;
  /** Enter put a location in, or it is not known yet: the next question is the nature. */
  readonly onStands: () => void;
  /** What Tab comes to before detail, zone and coordinates: few calls have those. They stand under the location all the same. */
  readonly children: ReactNode;
}): ReactNode {
  const id = useId();
  const stands = piecesOf(row?.location ?? null);
  const text = useField(subject, FIELDS.text, row, stands.text);
  const detail = useField(subject, FIELDS.detail, row, stands.detail);
  const zone = useField(subject, FIELDS.zone, row, stands.zone);
  const coordinates = useField(subject, FIELDS.coordinates, row, stands.coordinates);
  const edit = useEdit(subject, row);
  const districts = useRoster<RosterBody<'district'>>('district');
  const all = { text, detail, zone, coordinates };

  /** False where what was typed cannot be taken: then Enter stays with it. */
  const commit = (): boolean => {
    if (!row) return true;
    const pieces = Object.fromEntries(
      Object.entries(all).map(([key, one]) => [key, one.value]),
    ) as unknown as PlacePieces;
    if (Object.values(all).every((one) => !one.dirty)) {
      for (const one of Object.values(all)) one.drop();
      return true;
    }
    const read = locationOf(pieces, row.location);
    if (!read.ok) {
      (pieces.text.trim() === '' ? text : coordinates).fail(read.why);
      return false;
    }
    return edit({ location: read.location }, Object.values(FIELDS), text.fail);
  };
  useOnNumber(subject, row, () => {
    if (text.dirty && document.activeElement?.id !== `${id}-text`) commit();
  });

  const input = (piece: keyof typeof all, hint: string, className: string): ReactNode => (
    <input
      id={`${id}-${piece}`}
      {...(piece === 'text' ? { 'data-panel-focus': '' } : { 'aria-label': labels[piece] })}
      className={`field ${className}`}
      autoComplete="off"
      list={piece === 'zone' ? `${id}-zones` : undefined}
      value={all[piece].value}
      placeholder={hint}
      {...saidWith(`${id}-${piece}`, all[piece])}
      onChange={(event) => all[piece].type(event.target.value)}
      onFocus={all[piece].enter}
      onBlur={(event) => {
        if (!all[piece].leave(event)) return;
        if (text.value.trim() !== '' || piece === 'coordinates') commit();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') {
          event.preventDefault();
          if (commit()) onStands();
        } else if (event.key === 'Escape' && all[piece].theirs !== null) {
          event.preventDefault();
          all[piece].drop();
        }
      }}
    />
  );

  return (
    <>
      <FieldRow id={`${id}-text`} label="Location" state={text} className="intake-place">
        {input(
          'text',
          'address, corner or place',
          `text-[1.0625rem] font-bold ${row?.location && !text.dirty ? 'stands' : ''}`,
        )}
      </FieldRow>
      {children}
      <div className="intake-row intake-place-more">
        <span />
        <div className="min-w-0">
          <div className="intake-pieces">
            {input('detail', 'apt, floor, landmark', '')}
            {input('zone', 'zone', '')}
            {input('coordinates', 'lat, lon', 'mono')}
          </div>
          {PIECES.map((piece) => (
            // What is said of the whole location stands under its first piece.
            <FieldNotes key={piece} id={`${id}-${piece}`} state={{ ...all[piece], changed: false, others: [] }} />
          ))}
        </div>
      </div>
      <datalist id={`${id}-zones`}>
        {Object.values(districts).map((district) => (
          <option key={district.id} value={district.body.short}>
            {district.body.name}
          </option>
        ))}
      </datalist>
    </>
  );
}

const labels = { detail: 'Detail', zone: 'Zone', coordinates: 'Coordinates' } as const;
