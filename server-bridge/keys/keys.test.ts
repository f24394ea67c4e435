import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newSigningKey } from '../../sealing/signing.ts';
import { demoFileSlot } from './demo-file.ts';
import { type Keychain, keychainSlot } from './keychain.ts';
import { createKeys, openKeys, renewDeviceKey, settleSlots } from './keys.ts';
import { passphraseSlot } from './passphrase.ts';
import { type SafeStoragePort, safeStorageSlot } from './safe-storage.ts';
import type { KeySlot } from './slot.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qd-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const random = (length: number) => randomBytes(length);
const passphrase = (text: string | null) => passphraseSlot(async () => text, random);
function chain(): Keychain {
  const held = new Map<string, string>();
  return {
    getPassword: async (service, account) => held.get(`${service}/${account}`) ?? null,
    setPassword: async (service, account, password) => void held.set(`${service}/${account}`, password),
    deletePassword: async (service, account) => held.delete(`${service}/${account}`),
  };
}
const safe: SafeStoragePort = {
  available: async () => true,
  seal: async (text) => Buffer.from(text).map((byte) => byte ^ 0x5a),
  open: async (sealed) => Buffer.from(sealed.map((byte) => byte ^ 0x5a)).toString(),
};
const contents = () =>
  readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join();

describe('key slots', () => {
  it.each<[string, () => KeySlot]>([
    ['passphrase', () => passphrase('correct horse')],
    ['demo file', demoFileSlot],
    ['safeStorage', () => safeStorageSlot(safe)],
    [
      'keychain',
      () =>
        keychainSlot(
          (
            (held) => async () =>
              held
          )(chain()),
        ),
    ],
  ])('%s gives back the keys it was given, and only its file is there', async (_, slotOf) => {
    const slot = slotOf();
    const made = await createKeys(folder, [slot], random);
    if (!made.ok) throw new Error(made.message);
    const again = await openKeys(folder, [slot]);
    if (!again.ok) throw new Error(again.message);
    expect(Buffer.from(again.storeKey).equals(Buffer.from(made.storeKey))).toBe(true);
    expect(again.deviceKey).toBe(made.deviceKey);
    expect(again.slotsInUse).toEqual([slot.kind]);
    const [file] = readdirSync(folder);
    expect(readdirSync(folder)).toHaveLength(1);
    expect(statSync(join(folder, file ?? '')).mode & 0o777).toBe(0o600);
    const inClear = contents().includes(Buffer.from(made.storeKey).toString('base64url'));
    expect(inClear).toBe(slot.kind === 'unprotected key file (demo only)');
  });

  it('any one opens, and it is visible which do', async () => {
    const keychain = chain();
    const slots = [keychainSlot(async () => keychain), safeStorageSlot(null), passphrase('correct horse')];
    const made = await createKeys(folder, [slots[2] as KeySlot], random);
    if (!made.ok) throw new Error(made.message);
    const before = await openKeys(folder, slots);
    if (!before.ok) throw new Error(before.message);
    expect(await settleSlots(folder, { all: slots, fresh: [slots[2] as KeySlot] }, before)).toBe(before);
    const open = await settleSlots(folder, { all: slots, fresh: [slots[0] as KeySlot] }, before);
    expect(open).toMatchObject({
      ok: true,
      deviceKey: made.deviceKey,
      slotsInUse: ['OS keychain', 'passphrase file'],
      slots: [{ state: 'in use' }, { state: 'empty', why: 'only the desktop shell can open it' }, { state: 'in use' }],
    });
    // The keychain module is gone: the slot is there and says why it cannot be asked.
    expect(await openKeys(folder, [keychainSlot(async () => null)])).toMatchObject({
      ok: false,
      state: 'missing key',
      slots: [{ slot: 'OS keychain', state: 'unavailable', why: 'the module keytar is not installed' }],
    });
  });

  it('a file that nothing protects goes once a passphrase opens the keys, and not before', async () => {
    const [file, word] = [demoFileSlot(), passphrase('correct horse')];
    await createKeys(folder, [file], random);
    const all = [word, file];
    const made = await openKeys(folder, all);
    if (!made.ok) throw new Error(made.message);
    expect((await settleSlots(folder, { all, fresh: [file] }, made)).slotsInUse).toEqual([file.kind]);
    // One that cannot be written to keeps the file where it is.
    const full: KeySlot = { ...word, write: () => Promise.reject(new Error('disk full')) };
    expect((await settleSlots(folder, { all: [full, file], fresh: [full] }, made)).slotsInUse).toEqual([file.kind]);
    const open = await settleSlots(folder, { all, fresh: [word] }, made);
    expect(open).toMatchObject({ storeKey: made.storeKey, deviceKey: made.deviceKey, slotsInUse: [word.kind] });
    expect(await openKeys(folder, [file])).toMatchObject({ ok: false, state: 'missing key' });
  });

  it('a wrong passphrase, a changed file and an empty folder are each their own clear state', async () => {
    expect(await openKeys(folder, [passphrase('x')])).toMatchObject({ ok: false, state: 'missing key' });
    await createKeys(folder, [passphrase('correct horse')], random);
    const wrong = await openKeys(folder, [passphrase('wrong horse')]);
    expect(wrong).toMatchObject({ ok: false, state: 'wrong key' });
    expect(!wrong.ok && wrong.wayOut).toMatch(/enrol/);
    expect(await openKeys(folder, [passphrase(null)])).toMatchObject({ ok: false, state: 'missing key' });
    const [file] = readdirSync(folder);
    writeFileSync(join(folder, file ?? ''), '{');
    expect(await openKeys(folder, [passphrase('correct horse')])).toMatchObject({ ok: false, state: 'wrong key' });
  });

  it('another key to sign with goes into every slot that opens these keys, and what opens the store stays', async () => {
    const slots = [passphrase('correct horse'), demoFileSlot()];
    const made = await createKeys(folder, slots, random);
    if (!made.ok) throw new Error(made.message);
    const deviceKey = newSigningKey();
    await renewDeviceKey(folder, [passphrase(null), demoFileSlot()], { ...made, deviceKey });
    // A slot that could not be asked holds what it held.
    expect(await openKeys(folder, [passphrase('correct horse')])).toMatchObject({ deviceKey: made.deviceKey });
    await renewDeviceKey(folder, slots, { ...made, deviceKey });
    for (const slot of slots) {
      const open = await openKeys(folder, [slot]);
      expect(open).toMatchObject({ ok: true, deviceKey });
      expect(open.ok && Buffer.from(open.storeKey).equals(Buffer.from(made.storeKey))).toBe(true);
    }
    await renewDeviceKey(folder, slots, { storeKey: random(32), deviceKey: newSigningKey() });
    expect(await openKeys(folder, slots)).toMatchObject({ deviceKey });
  });

  it('never makes new keys over old ones, also where the old ones do not open', async () => {
    await createKeys(folder, [passphrase('correct horse')], random);
    const before = contents();
    for (const slot of [passphrase('correct horse'), passphrase('wrong horse'), passphrase(null)]) {
      expect(await createKeys(folder, [slot, demoFileSlot()], random)).toMatchObject({
        ok: false,
        message: 'This folder holds the keys of a workstation already.',
      });
    }
    expect(contents()).toBe(before);
  });

  it('asks for a passphrase that is one, and says where a folder cannot be written', async () => {
    await expect(createKeys(folder, [passphrase('short')], random)).rejects.toThrow(/passphrase/);
    writeFileSync(join(folder, 'file'), '');
    expect(await createKeys(join(folder, 'file'), [demoFileSlot()], random)).toMatchObject({
      ok: false,
      state: 'unwritable',
    });
  });
});
