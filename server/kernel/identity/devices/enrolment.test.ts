import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '#domain/kernel/refusal.ts';
import type { EnrolAnswer } from '#domain/wire/sync.ts';
import { compareCodeOf, sameCompareCode } from '#sealing/compare.ts';
import { newSigningKey, type Signer, signerOf } from '#sealing/signing.ts';
import { asMigrator } from '../../../testing/postgres.ts';
import { OPERATOR } from '../ports.ts';
import {
  asking,
  assertion,
  type IdentityWorld,
  identityWorld,
  must,
  organisationWithSite,
} from '../testing/identity.ts';
import { approveEnrolment, refuseEnrolment, waitingOf } from './approval.ts';
import { revokeDevice, tokenForDevice } from './devices.ts';
import { enrol, issueEnrolmentCode } from './enrolment.ts';
import { signedRoster } from './roster.ts';

const HOUR = 3_600_000;
const FROM = '10.0.0.7';

let world: IdentityWorld;
let site: string;
beforeAll(async () => {
  world = await identityWorld();
  site = await organisationWithSite(world, 'alpha');
});
afterAll(() => world.close());

const refusal = (outcome: Outcome<unknown>): string => (outcome.ok ? 'ok' : outcome.refusal.code);
const newCode = async (): Promise<{ code: string; id: string }> =>
  must(await issueEnrolmentCode(world.ports, OPERATOR, 'alpha', site));
const newSigner = (): Signer => signerOf(newSigningKey());
const ask = (signer: Signer, code: string): Promise<Outcome<EnrolAnswer>> =>
  enrol(world.ports, asking(world, signer, { code }), FROM);
const waitingFor = async (code: string) => (await waitingOf(world.ports, 'alpha')).find((of) => of.code === code);

describe('enrolment', () => {
  it('waits with a code alone: no station, no key of the site, no place in the roster, no token (ASVS 2.3.1)', async () => {
    const { code, id } = await newCode();
    const signer = newSigner();
    const before = await signedRoster(world.ports, 'alpha', site);
    const answer = must(await ask(signer, code));
    expect(answer).toEqual({
      state: 'waiting',
      compare: await compareCodeOf(signer.publicKey),
      expiresAt: world.time.now + 8 * HOUR,
    });
    expect(await waitingFor(id)).toMatchObject({ name: 'Seat', site, askedFrom: FROM, askedAt: world.time.now });
    expect(await signedRoster(world.ports, 'alpha', site)).toEqual(before);
    const station = (await waitingFor(id))?.id as string;
    const said = assertion({ station, signer }, world.time.now);
    expect(refusal(await tokenForDevice(world.ports, said))).toBe('device.refused');
  });

  it('lets in whom somebody approved with the code read at it, by whom is in the audit (ASVS 2.3.5)', async () => {
    const { code, id } = await newCode();
    const signer = newSigner();
    must(await ask(signer, code));
    const waiting = await waitingFor(id);
    const approve = (compare: string) =>
      approveEnrolment(world.ports, { actor: 'boss' }, 'alpha', waiting?.id as string, compare);
    expect(refusal(await approve('000-000'))).toBe('enrolment.compare');
    expect(must(await ask(signer, code)).state).toBe('waiting');
    must(await approve((await compareCodeOf(signer.publicKey)).toLowerCase().replace('-', ' ')));
    expect(refusal(await approve(waiting?.compare as string))).toBe('enrolment.unknown');
    const letIn = must(await ask(signer, code));
    if (letIn.state !== 'enrolled') throw new Error('it still waits');
    expect(letIn).toMatchObject({ org: 'alpha', site, station: waiting?.id });
    expect(letIn.siteKeys[0]?.key).toMatch(/^[\w-]{43}$/);
    expect(letIn.roster.peers.map((peer) => peer.station)).toContain(letIn.station);
    // An answer that was lost on the way is given again, to this key alone, and not once it is revoked.
    expect(must(await ask(signer, code)).state).toBe('enrolled');
    const { rows } = await asMigrator(world.database, (client) =>
      client.query(`select actor from audit.entry where tbl = 'kernel.device' and after ->> 'station' = $1`, [
        letIn.station,
      ]),
    );
    expect(rows).toEqual([{ actor: 'boss' }]);
    must(await revokeDevice(world.ports, OPERATOR, 'alpha', letIn.station));
    expect(refusal(await ask(signer, code))).toBe('enrol.not_approved');
  });

  it('does not let in whom somebody refused, nor who waited for longer than eight hours', async () => {
    const refused = await newCode();
    const signer = newSigner();
    must(await ask(signer, refused.code));
    const waiting = (await waitingFor(refused.id))?.id as string;
    must(await refuseEnrolment(world.ports, { actor: 'boss' }, 'alpha', waiting));
    expect(refusal(await ask(signer, refused.code))).toBe('enrol.not_approved');
    expect(await waitingFor(refused.id)).toBeUndefined();

    const late = await newCode();
    must(await ask(signer, late.code));
    const old = await waitingFor(late.id);
    world.time.now += 8 * HOUR + 1;
    expect(refusal(await ask(signer, late.code))).toBe('enrol.not_approved');
    expect(
      refusal(await approveEnrolment(world.ports, OPERATOR, 'alpha', old?.id as string, old?.compare as string)),
    ).toBe('enrolment.unknown');
  });

  it('takes a code once, whatever way it was typed, and from no other key', async () => {
    const { code } = await newCode();
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){6}$/);
    const signer = newSigner();
    must(await ask(signer, ` ${code.toLowerCase().replaceAll('-', ' ')} `));
    expect(refusal(await ask(newSigner(), code))).toBe('enrol.code');
    expect(must(await ask(signer, code)).state).toBe('waiting');
  });

  it('gives a code that two use at once to one of them', async () => {
    const { code } = await newCode();
    const both = await Promise.all([ask(newSigner(), code), ask(newSigner(), code)]);
    expect(both.map(refusal).sort()).toEqual(['enrol.code', 'ok']);
  });

  it('asks the device key to sign each question anew', async () => {
    const { code } = await newCode();
    const signer = newSigner();
    const input = asking(world, signer, { code });
    must(await enrol(world.ports, input, FROM));
    expect(refusal(await enrol(world.ports, input, FROM))).toBe('enrol.proof');
    // Whoever copied the code and saw the public key does not hold the other half of it.
    const copied = { ...asking(world, newSigner(), { code }), deviceKey: signer.publicKey };
    expect(refusal(await enrol(world.ports, copied, FROM))).toBe('enrol.proof');
    world.time.now -= HOUR;
    const wrongClock = asking(world, signer, { code });
    world.time.now += HOUR;
    expect(refusal(await enrol(world.ports, wrongClock, FROM))).toBe('enrol.proof');
  });

  it('refuses expired, unknown and used codes alike', async () => {
    const { code } = await newCode();
    const signer = newSigner();
    const before = world.time.now;
    world.time.now += 25 * HOUR;
    const expired = await ask(signer, code);
    world.time.now = before;
    const unknown = await ask(signer, 'ABCD-EFGH-JKMN-PQRS');
    expect(expired).toEqual(unknown);
    expect(refusal(expired)).toBe('enrol.code');
  });

  it('keeps no code in clear', async () => {
    const { code } = await newCode();
    const dump = await asMigrator(world.database, (client) =>
      client.query(
        'select row_to_json(c)::text as row from identity.enrolment_code c union all select row_to_json(e)::text from audit.entry e',
      ),
    );
    expect(dump.rows.length).toBeGreaterThan(1);
    for (const { row } of dump.rows) {
      expect(row).not.toContain(code);
      expect(row).not.toContain(code.replaceAll('-', ''));
    }
  });
});

describe('the code to compare', () => {
  it('is a key’s own, slow to make, and the same however it is typed', async () => {
    const key = newSigner().publicKey;
    const began = performance.now();
    const code = await compareCodeOf(key);
    // 2^30 tries must not be cheap; on the fastest machine one takes many milliseconds.
    expect(performance.now() - began).toBeGreaterThan(10);
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{3}-[0-9A-HJKMNP-TV-Z]{3}$/);
    expect(await compareCodeOf(key)).toBe(code);
    expect(await compareCodeOf(newSigner().publicKey)).not.toBe(code);
    expect(sameCompareCode('kxl-o2q', 'KX1-02Q')).toBe(true);
    expect(sameCompareCode('KX1-02R', 'KX1-02Q')).toBe(false);
  });
});
