import { startRegistration } from '@simplewebauthn/browser';
import { type ReactNode, useState } from 'react';
import { z } from 'zod';
import {
  FactorAddedOutSchema,
  PasskeyOptionsOutSchema,
  type SecondFactorsOutSchema,
} from '#domain/identity/api/mfa.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { TextField } from '../../ui/fields.tsx';
import type { Center } from '../api/center.ts';
import { useDeed } from '../api/deed.ts';
import type { Answer } from '../api/problem.ts';
import { useCenter } from '../api/use-center.ts';
import { Deliberate } from '../parts/deliberate.tsx';
import { Form } from '../parts/form.tsx';
import { State } from '../parts/rows.tsx';
import { lookWho } from '../sign-in/session.ts';
import { asNewOptions, passkeyRefused } from './passkeys.ts';
import { CodesShown } from './recovery-codes.tsx';

const NothingSchema = z.looseObject({});
type Passkey = z.output<typeof SecondFactorsOutSchema>['passkeys'][number];

export function Passkeys({ passkeys }: { readonly passkeys: readonly Passkey[] }): ReactNode {
  const center = useCenter();
  const zone = useZone();
  const deed = useDeed();
  const [name, setName] = useState('');
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  return (
    <section className="factor" aria-label="Passkeys">
      <h3>
        Passkeys{' '}
        {passkeys.length === 0 ? <State tone="muted">none</State> : <State tone="good">{passkeys.length}</State>}
      </h3>
      {codes ? <CodesShown codes={codes} /> : null}
      <ul className="lines">
        {passkeys.map((passkey) => (
          <li key={passkey.id}>
            <div>
              <b>{passkey.name}</b>
              <p className="muted">
                since {when(passkey.createdAt, now(), zone)},{' '}
                {passkey.lastUsedAt === null ? 'never used' : `used ${when(passkey.lastUsedAt, now(), zone)}`}
                {passkey.synced ? ', kept on several devices' : ', on one device'}
              </p>
            </div>
            <Deliberate
              title="Take it away"
              means={`The passkey ${passkey.name} is good for nothing then.`}
              done={`The passkey ${passkey.name} is taken away`}
              act={(reason) =>
                center.ask({
                  method: 'DELETE',
                  path: `/v1/me/passkeys/${encodeURIComponent(passkey.id)}`,
                  reason,
                  answer: NothingSchema,
                })
              }
            />
          </li>
        ))}
      </ul>
      <Form
        label="Add a passkey"
        deed={deed}
        submit="Add a passkey"
        onSubmit={() =>
          deed.run(
            () => addPasskey(center, name.trim()),
            ({ recoveryCodes }) => {
              setName('');
              setCodes(recoveryCodes);
              // Who one is has become more: what waited for the factor opens.
              void lookWho();
              return 'The passkey is added';
            },
          )
        }
      >
        <TextField
          name="name"
          label="Its name"
          value={name}
          onChange={setName}
          hint="This device, or the key’s: Desk key, Phone."
        />
      </Form>
    </section>
  );
}

async function addPasskey(center: Center, name: string): Promise<Answer<z.output<typeof FactorAddedOutSchema>>> {
  const options = await center.ask({ path: '/v1/me/passkeys/options', body: {}, answer: PasskeyOptionsOutSchema });
  if (!options.ok) return options;
  try {
    const response = await startRegistration({ optionsJSON: asNewOptions(options.value.options) });
    return await center.ask({ path: '/v1/me/passkeys', body: { name, response }, answer: FactorAddedOutSchema });
  } catch (failure) {
    return { ok: false, problem: passkeyRefused(failure) };
  }
}
