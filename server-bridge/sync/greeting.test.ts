import { expect, it } from 'vitest';
import { hlcParse } from '../../domain/kernel/hlc.ts';
import { READS } from '../../domain/modules.ts';
import { type HelloOut, type Peer, type Roster, rosterText } from '../../domain/wire/sync.ts';
import { newSigningKey, type Signer, signerOf } from '../../sealing/signing.ts';
import { AUTHOR, incidentRef, testSite } from '../store/testing/site.ts';
import { createGreeting } from './greeting.ts';

/** A workstation greets; whom it would reach on the LAN after each answer. */
function greeting() {
  const site = testSite();
  const store = site.open('a');
  const reached: string[][] = [];
  const troubles: string[] = [];
  const forgot: number[] = [];
  const greeted = createGreeting({
    store,
    peers: {
      reach: (peers) => void reached.push(peers.map(({ station }) => station)),
      send: () => true,
      isBusy: () => false,
      on: () => undefined,
      close: async () => undefined,
    },
    clock: () => site.now,
    steady: () => site.now,
    trouble: (what) => void troubles.push(what),
    forgotten: () => void forgot.push(store.forgottenRoster()?.version ?? 0),
  });
  const signed = (over: Partial<Roster>, by: Signer = site.center): Roster => {
    const { sig: _, ...unsigned } = { ...site.roster(), ...over };
    return { ...unsigned, sig: by.sign(rosterText(unsigned)) };
  };
  const answered = (roster: Roster, siteKeys: HelloOut['siteKeys'] = [...site.siteKeys]): void => {
    const answer: HelloOut = {
      ...{ epoch: 'e1', head: 0, wants: [], roster, siteKeys },
      ...{ emit: [...READS], older: [], now: site.now },
    };
    greeted.take(answer, 1, new Set());
  };
  const revoking = (station: string): Roster['peers'] =>
    site.roster().peers.map((peer) => ({ ...peer, revoked: peer.station === station }));
  return { site, store, reached, troubles, forgot, signed, answered, revoking, lacked: greeted.lacked };
}

it('a workstation that was revoked is not reached again by an older roster, whoever shows it', () => {
  const { store, reached, signed, answered, revoking } = greeting();
  answered(signed({ version: 2 }));
  answered(signed({ version: 3, peers: revoking('c') }));
  answered(signed({ version: 2 }));
  expect(reached).toEqual([['b', 'c'], ['b'], ['b']]);
  expect(store.roster()?.version).toBe(3);
});

it('a roster of another site, of another organisation, or that no key of the center signed, reaches nobody', () => {
  const { site, store, reached, troubles, signed, answered } = greeting();
  const mallory = signerOf(newSigningKey());
  answered(signed({ version: 9 }, mallory));
  answered(signed({ version: 9, centerKeys: [mallory.publicKey] }, mallory));
  answered(signed({ version: 9, site: 'site-2' }));
  answered(signed({ version: 9, org: 'org-2' }));
  answered({ ...signed({ version: 9 }), version: 10 });
  const [first, ...others] = signed({ version: 9 }).peers;
  if (!first) throw new Error('a site without workstations');
  answered({ ...signed({ version: 9 }), peers: [{ ...first, address: '10.0.0.9:1' }, ...others] });
  answered({ ...signed({ version: 9 }), peers: [{ ...first, key: mallory.publicKey }, ...others] });
  expect(reached).toEqual([]);
  expect(troubles).toHaveLength(7);
  expect(store.roster()?.centerKeys).toEqual(site.roster().centerKeys);
});

it('the center’s time ends what a clock that was ahead for a while showed: sign-ins ran out, and pauses never did', () => {
  const { site, store, signed, answered } = greeting();
  const right = site.now;
  site.now = right + 30 * 86_400_000;
  store.saveValue('draft', 'p1', 'intake', 'kept');
  store.setClockOffset(1, 1);
  const killed = site.reopen('a', store.serialize());
  store.rest();
  site.now = right + 60_000;
  expect(site.reopen('a', store.serialize()).clock().highest).toBeGreaterThan(right + 86_400_000);
  answered(signed({ version: 2 }));
  expect(store.clock().highest).toBe(store.now());
  expect(site.reopen('a', store.serialize()).clock().highest).toBeLessThan(right + 61_000);
  // What is entered now was not made when the right to it may have ended.
  killed.clockConfirmed();
  for (const one of [store, site.reopen('a', store.serialize()), killed, site.reopen('a', killed.serialize())]) {
    const [, made] = one.append(
      [site.opened(incidentRef(site), '26-1'), site.opened(incidentRef(site), '26-2')],
      AUTHOR,
    );
    expect(hlcParse(made?.hlc ?? '').ms).toBe(one.now());
  }
  // Set back beyond what the center said, it wins nothing as before.
  site.now = right - 3_600_000;
  expect(store.clock().highest).toBeGreaterThanOrEqual(right + 60_000);
});

it('a center that was put back and does not know it is shown the newer roster that it forgot', () => {
  const { store, forgot, signed, answered, revoking } = greeting();
  answered(signed({ version: 2 }));
  answered(signed({ version: 5, peers: revoking('c') }));
  answered(signed({ version: 2 }));
  answered(signed({ version: 3 }));
  expect([store.roster()?.version, store.forgottenRoster()?.version, forgot]).toEqual([5, 5, [5]]);
  answered(signed({ version: 6, peers: revoking('c') }));
  expect([store.roster()?.version, store.forgottenRoster()]).toEqual([6, null]);
});

it('what a center that was put back has forgotten of its workstations is kept, and shown until it knows it again', () => {
  const { site, store, forgot, signed, answered, revoking } = greeting();
  const [a, b, c] = site.roster().peers as [Peer, Peer, Peer];
  answered(signed({ version: 2 }));
  answered(signed({ version: 3, peers: revoking('b') }));
  expect(store.forgottenRoster()).toBeNull();
  // Put back from a backup before c was let in, and before b was revoked.
  answered(signed({ version: 1_000, peers: [a, b] }));
  expect([store.forgottenRoster()?.version, forgot]).toEqual([3, [3]]);
  const d = { ...c, station: 'd' };
  answered(signed({ version: 1_001, peers: [a, b, d] }));
  answered(signed({ version: 2_000, peers: [a, b] }));
  // The newest first, and then what came before it.
  expect([store.forgottenRoster()?.version, forgot]).toEqual([1_001, [3, 1_001]]);
  answered(signed({ version: 2_001, peers: [a, b, d] }));
  expect([store.forgottenRoster()?.version, forgot]).toEqual([3, [3, 1_001, 3]]);
  const again = site.reopen('a', store.serialize());
  expect(again.forgottenRoster()?.version).toBe(3);
  answered(signed({ version: 2_002, peers: [a, { ...b, revoked: true }, c, d] }));
  expect(store.forgottenRoster()).toBeNull();
});

it('a center that was put back to before a key of the site was made is given it with the next greeting, and no other center is', () => {
  const { site, store, forgot, signed, answered, lacked } = greeting();
  const newer = { id: 'sk2', key: Buffer.alloc(32, 9).toString('base64url') };
  answered(signed({ version: 2 }), [newer, ...site.siteKeys]);
  expect([lacked(), forgot]).toEqual([[], []]);
  answered(signed({ version: 1_000 }));
  expect(lacked()).toEqual([newer]);
  // It is greeted anew at once, though not again and again for what it does not take.
  answered(signed({ version: 1_000 }));
  expect(forgot).toHaveLength(1);
  answered(signed({ version: 1_001 }, signerOf(newSigningKey())));
  expect(lacked()).toEqual([]);
  answered(signed({ version: 1_002 }), [...site.siteKeys, newer]);
  expect(lacked()).toEqual([]);
  expect(store.keysHeld()).toContain('sk2');
});
