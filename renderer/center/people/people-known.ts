/** People by name, for whoever has to choose or name one. */
import { useMemo } from 'react';
import { InvitationsOutSchema, PeopleOutSchema, type PersonOut } from '#domain/identity/api/people.ts';
import { type Asked, useAnswer } from '../api/use-center.ts';
import type { StaffMember } from '../setup/steps.ts';

/**
 * Everyone whom the one signed in may see, by name; the inactive last.
 * @param options `every`: also asked every so many ms.
 */
export function usePeople(options: { readonly every?: number } = {}): Asked<readonly PersonOut[]> {
  const { value, problem, again } = useAnswer(PeopleOutSchema, '/v1/people', options);
  const people = useMemo(
    () =>
      value?.people.toSorted(
        (a, b) => Number(b.active) - Number(a.active) || a.name.localeCompare(b.name, 'en', { numeric: true }),
      ),
    [value],
  );
  return { value: people, problem, again };
}

/** The people and the open invitations, as the setup of a PSAP counts them; null until both are known. */
export function useStaff(): readonly StaffMember[] | null {
  const people = usePeople().value;
  const invitations = useAnswer(InvitationsOutSchema, '/v1/invitations').value?.invitations;
  return useMemo(() => {
    if (!people || !invitations) return null;
    const known = people.map(
      ({ person, name, roles, site, active }): StaffMember => ({
        id: person,
        name,
        roles,
        site,
        state: active ? 'active' : 'inactive',
      }),
    );
    const invited = invitations
      .filter(({ state }) => state === 'open')
      .map(
        ({ invitation, name, roles, site }): StaffMember => ({ id: invitation, name, roles, site, state: 'invited' }),
      );
    return [...known, ...invited];
  }, [people, invitations]);
}
