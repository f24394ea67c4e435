import { expect, it } from 'vitest';
import { operatingUser } from './operating-user.ts';

const ann = () => ({ username: 'ann' });
const root = () => ({ username: 'root' });
const nameless = (): never => {
  throw new Error('uv_os_get_passwd returned ENOENT (no such file or directory)');
};

it('is who the machine says, whoever became root by sudo too, and a number where it has no name', () => {
  expect(operatingUser(ann, {})).toBe('ann');
  expect(operatingUser(ann, { SUDO_USER: 'ann' })).toBe('ann');
  expect(operatingUser(root, { SUDO_USER: 'ann' })).toBe('root (sudo by ann)');
  expect(operatingUser(nameless, {})).toBe(`user ${process.getuid?.() ?? 'without a name'}`);
});
