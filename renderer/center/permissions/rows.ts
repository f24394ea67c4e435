/** The permission matrix as rows to draw and move in. Pure. */
import type { z } from 'zod';
import type { PermissionSchema, PermissionsOutSchema } from '#domain/identity/api/organisation.ts';
import type { Role } from '#domain/kernel/permission.ts';

type Permissions = z.output<typeof PermissionsOutSchema>;
export type Permission = z.output<typeof PermissionSchema>;

export interface MatrixGroup {
  readonly name: string;
  readonly title: string;
  /** Why the module is off; null while it is on. */
  readonly why: string | null;
  readonly permissions: readonly Permission[];
}

export interface MatrixFilter {
  /** Words, lower case; all must be in the title, the name, the kind or the module. */
  readonly typed: string;
  /** Only of this module; empty for all. */
  readonly module: string;
  /** Only what this role may; empty for all. */
  readonly role: Role | '';
}

export function groupsOf({ modules }: Permissions, { typed, module, role }: MatrixFilter): readonly MatrixGroup[] {
  const words = typed.split(/\s+/).filter(Boolean);
  return modules
    .filter(({ name }) => module === '' || name === module)
    .map((group) => ({
      ...group,
      permissions: group.permissions.filter(({ name, title, kind, may }) => {
        const text = `${title} ${name} ${KIND_WORDS[kind]} ${group.title}`.toLowerCase();
        return words.every((word) => text.includes(word)) && (role === '' || may.includes(role));
      }),
    }))
    .filter(({ permissions }) => permissions.length > 0);
}

export const KIND_WORDS: { readonly [K in Permission['kind']]: string } = {
  action: 'asked of the center',
  read: 'reading',
  write: 'changing',
  fact: 'at a console',
};

export const REACH_WORDS: { readonly [R in Permission['reach']]: { readonly short: string; readonly long: string } } = {
  organisation: { short: 'all', long: 'the whole organisation, by people of no site in particular' },
  site: { short: 'site', long: 'their own site; every site for people of no site in particular' },
  agency: { short: 'agency', long: 'their own agency; all for people of no agency in particular' },
  own: { short: 'own', long: 'their own alone' },
};

/** Why the cell in hand cannot be taken away or given back by the one who looks, in words; null where it can. */
export function whyNotRestrict(
  permission: Permission | undefined,
  role: { readonly role: Role; readonly title: string } | undefined,
  /** Why they may restrict nothing; null where they may. */
  objection: string | null,
): string | null {
  if (!permission) return 'Choose a permission in the matrix.';
  if (!role) return 'Choose the cell of a role in the matrix: the arrows go across.';
  if (!permission.may.includes(role.role)) {
    return `The role ${role.title} does not have this, and no organisation adds to a role.`;
  }
  return objection;
}

/** What a role may of a permission, in this organisation. */
export function standingOf(permission: Permission, role: Role): 'may' | 'own alone' | 'taken away' | 'may not' {
  if (!permission.may.includes(role)) return 'may not';
  if (permission.withheld.some((of) => of.role === role)) return 'taken away';
  return permission.own.includes(role) ? 'own alone' : 'may';
}

export interface Cursor {
  readonly row: number;
  /** -1 on the name of the permission, else the number of the role. */
  readonly column: number;
}

/** Where a key leads from a cell, or null where it does not. */
export function moved(at: Cursor, key: string, rows: number, columns: number, page: number): Cursor | null {
  const row = (to: number): Cursor => ({ ...at, row: Math.max(0, Math.min(rows - 1, to)) });
  const column = (to: number): Cursor => ({ ...at, column: Math.max(-1, Math.min(columns - 1, to)) });
  switch (key) {
    case 'ArrowDown':
      return row(at.row + 1);
    case 'ArrowUp':
      return row(at.row - 1);
    case 'PageDown':
      return row(at.row + page);
    case 'PageUp':
      return row(at.row - page);
    case 'Home':
      return row(0);
    case 'End':
      return row(rows - 1);
    case 'ArrowRight':
      return column(at.column + 1);
    case 'ArrowLeft':
      return column(at.column - 1);
    default:
      return null;
  }
}
