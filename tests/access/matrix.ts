/** The reviewed matrix, read. */
import { readFileSync } from 'node:fs';
import type { Role } from '../../domain/kernel/permission.ts';

export const SITUATIONS = ['own', 'elsewhere', 'whole', 'foreign'] as const;
export type Situation = (typeof SITUATIONS)[number];
export type About = 'record' | 'list' | 'own' | 'door' | 'organisation' | 'public' | 'device' | 'operator';

export interface Cell {
  /** `METHOD /path`, as OpenAPI names it. */
  readonly route: string;
  /** The route, and which of the records that it serves. */
  readonly call: string;
  readonly about: About;
  readonly may: { readonly [S in Situation]: readonly Role[] };
}

export function readMatrix(): readonly Cell[] {
  const lines = readFileSync(new URL('./matrix.csv', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(',').map((field) => field.trim()));
  const groups = new Map(lines.flatMap(([head, name = '', roles = '']) => (head === 'group' ? [[name, roles]] : [])));
  const rolesOf = (field = ''): readonly Role[] =>
    (groups.get(field) ?? field).split(' ').filter((role) => role !== '') as Role[];
  return lines
    .filter(([head]) => head !== 'group' && head !== 'call')
    .map(([call = '', about = '', own, elsewhere, whole, foreign]) => ({
      call,
      route: call.split('#')[0] ?? '',
      about: about as About,
      may: { own: rolesOf(own), elsewhere: rolesOf(elsewhere), whole: rolesOf(whole), foreign: rolesOf(foreign) },
    }));
}
