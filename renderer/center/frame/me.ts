/** Who is signed in, and what they may: the same question, by the same function, as the doors of the center ask it. */
import { createContext, useContext, useMemo } from 'react';
import type { z } from 'zod';
import { ModulesOutSchema, OrganisationOutSchema } from '#domain/identity/api/organisation.ts';
import type { ActionType } from '#domain/kernel/action.ts';
import { type Asker, authorise, type Concerned } from '#domain/kernel/authorise.ts';
import { restrictionsOf } from '#domain/kernel/restriction.ts';
import { type Asked, useAnswer } from '../api/use-center.ts';
import type { Me } from '../sign-in/session.ts';

export const MeContext = createContext<Me | null>(null);

export function useMe(): Me {
  const me = useContext(MeContext);
  if (!me) throw new Error('nobody is signed in around this component');
  return me;
}

export const useOrganisation = (): Asked<z.output<typeof OrganisationOutSchema>> =>
  useAnswer(OrganisationOutSchema, '/v1/organisation');
export const useModules = (): Asked<z.output<typeof ModulesOutSchema>> => useAnswer(ModulesOutSchema, '/v1/modules');

/** Asks whether the one signed in may; null where they may, else the sentence that says why not. Step-up is asked when it comes to it. */
export type May = (action: ActionType, about?: Concerned) => string | null;

export function useMay(): May {
  const me = useMe();
  const organisation = useOrganisation().value;
  const modules = useModules().value;
  return useMemo(() => {
    const off = new Map(modules?.modules.flatMap(({ name, why }) => (why === null ? [] : [[name, why] as const])));
    const state = organisation?.state ?? 'ACTIVE';
    const circumstances = { state, off, restrictions: restrictionsOf(organisation?.restrictions ?? []) };
    const asker: Asker = {
      user: me.user,
      roles: me.roles,
      site: me.site,
      agency: me.agency,
      provenAt: 0,
      secondFactor: me.secondFactor,
    };
    return (action, about) => {
      const { verdict, rules } = authorise(action, asker, circumstances, 0, about);
      return verdict === 'ALLOW' ? null : (rules[0]?.reason ?? 'This is not allowed.');
    };
  }, [me, organisation, modules]);
}
