/** A location out of the pieces that are typed. Pure. */
import type { Location } from '#domain/cad/facts.ts';

export interface PlacePieces {
  readonly text: string;
  readonly detail: string;
  readonly zone: string;
  /** `latitude, longitude` as maps and callers say it. */
  readonly coordinates: string;
}

export function piecesOf(location: Location | null): PlacePieces {
  const [longitude, latitude] = location?.coordinates ?? [];
  return {
    text: location?.text ?? '',
    detail: location?.detail ?? '',
    zone: location?.zone ?? '',
    coordinates: latitude === undefined || longitude === undefined ? '' : `${latitude}, ${longitude}`,
  };
}

/** `37.7793, -122.4193` → [longitude, latitude], or null where it is not that. */
export function readCoordinates(typed: string): [number, number] | null {
  const parts = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(typed);
  if (!parts) return null;
  const [latitude, longitude] = [Number(parts[1]), Number(parts[2])];
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? [longitude, latitude] : null;
}

export type PlaceRead =
  | { readonly ok: true; readonly location: Location }
  | { readonly ok: false; readonly why: string };

export function locationOf(pieces: PlacePieces, before: Location | null): PlaceRead {
  const text = pieces.text.trim();
  if (text === '') return { ok: false, why: 'Type where it is: an address, a corner or a place.' };
  const coordinates = pieces.coordinates.trim() === '' ? null : readCoordinates(pieces.coordinates);
  if (coordinates === null && pieces.coordinates.trim() !== '')
    return { ok: false, why: 'Coordinates are latitude, longitude: 37.7793, -122.4193.' };
  const detail = pieces.detail.trim();
  const zone = pieces.zone.trim();
  return {
    ok: true,
    location: {
      text,
      ...(detail ? { detail } : {}),
      ...(coordinates ? { coordinates } : {}),
      ...(zone ? { zone } : {}),
      ...(before?.city && before.text === text ? { city: before.city } : {}),
    },
  };
}
