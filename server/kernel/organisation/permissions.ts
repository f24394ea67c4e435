/** The whole matrix of who may do what, from the declarations; and why one person may or may not do one thing. */
import type { z } from 'zod';
import type { PermissionSchema, PermissionsOutSchema } from '#domain/identity/api/organisation.ts';
import type { ActionType } from '#domain/kernel/action.ts';
import type { Circumstances } from '#domain/kernel/authorise.ts';
import type { FactType, Module } from '#domain/kernel/module.ts';
import { ROLE_TITLES, type Role, RoleSchema } from '#domain/kernel/permission.ts';
import { MODULES, recordActions } from '#domain/modules.ts';

/** Making a fact, as an action: at a console, never withheld for the organisation's state. */
function factAction(module: Module, fact: FactType): ActionType {
  return {
    name: `${fact.type}@${fact.v}`,
    module: module.name,
    title: fact.title,
    purpose: 'dispatch',
    may: fact.may,
    own: [],
    reach: 'site',
    stepUp: false,
  };
}

interface Permission {
  readonly kind: z.infer<typeof PermissionSchema>['kind'];
  readonly action: ActionType;
}

function permissionsOf(module: Module): readonly Permission[] {
  return [
    ...module.actions.map((action): Permission => ({ kind: 'action', action })),
    ...module.entities.flatMap(({ kind }): Permission[] => {
      const actions = recordActions(kind);
      if (!actions) return [];
      const read: Permission = { kind: 'read', action: actions.read };
      return actions.write.may.length === 0 ? [read] : [read, { kind: 'write', action: actions.write }];
    }),
    // What only the center or a station's process notes has no author to ask.
    ...module.facts
      .filter(({ may }) => may.length > 0)
      .map((fact): Permission => ({ kind: 'fact', action: factAction(module, fact) })),
  ];
}

const ALL: ReadonlyMap<string, Permission> = new Map(
  MODULES.flatMap(permissionsOf).map((permission) => [permission.action.name, permission]),
);

export function permissionNamed(name: string): ActionType | undefined {
  return ALL.get(name)?.action;
}

export function permissionMatrix(circumstances: Circumstances): z.infer<typeof PermissionsOutSchema> {
  return {
    roles: RoleSchema.options.map((role: Role) => ({ role, title: ROLE_TITLES[role] })),
    modules: MODULES.map((module) => ({
      name: module.name,
      title: module.title,
      why: circumstances.off.get(module.name) ?? null,
      permissions: permissionsOf(module).map(({ kind, action }) => ({
        name: action.name,
        title: action.title,
        kind,
        may: [...action.may],
        own: action.own.filter((role) => action.may.includes(role)),
        withheld: [...(circumstances.restrictions.get(action.name) ?? [])]
          .filter(([role]) => action.may.includes(role))
          .map(([role, reason]) => ({ role, reason })),
        reach: action.reach,
        stepUp: action.stepUp,
      })),
    })).filter(({ permissions }) => permissions.length > 0),
  };
}
