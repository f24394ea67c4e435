/**
 * Tells the others of the site in which field somebody is, and again for as long as they type there: a workstation forgets what it
 * does not hear of again within three quarters of a minute, and a note takes longer.
 */
export interface Where {
  readonly incident: string | null;
  readonly field: string | null;
}

export interface WhereTyped {
  /** The focus came into the field. An incident that has no number yet (null) is told of by its first key after it has. */
  readonly enter: (incident: string | null, field: string) => void;
  readonly key: (incident: string | null, field: string) => void;
  readonly leave: (incident: string | null) => void;
}

const AGAIN_MS = 15_000;

/** `steady` in ms. */
export function whereTyped(tell: (where: Where) => void, steady: () => number): WhereTyped {
  let toldAt = Number.NEGATIVE_INFINITY;
  const enter = (incident: string | null, field: string): void => {
    if (incident === null) return;
    toldAt = steady();
    tell({ incident, field });
  };
  return {
    enter,
    key: (incident, field) => {
      if (steady() - toldAt >= AGAIN_MS) enter(incident, field);
    },
    leave: (incident) => {
      toldAt = Number.NEGATIVE_INFINITY;
      if (incident !== null) tell({ incident: null, field: null });
    },
  };
}
