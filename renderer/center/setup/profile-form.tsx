import { type ReactNode, useId } from 'react';
import { SiteRecordsOutSchema } from '#domain/cad/api.ts';
import type { Json } from '#domain/kernel/json.ts';
import { useDeed } from '../api/deed.ts';
import { useCenter } from '../api/use-center.ts';
import { TextField, useTyped } from '../parts/fields.tsx';
import { Form } from '../parts/form.tsx';
import type { Kept } from './steps.ts';

const PRIORITIES = [1, 2, 3, 4] as const;

/** IANA zones that this browser knows, offered while one is typed. */
export function ZoneList({ id }: { readonly id: string }): ReactNode {
  return (
    <datalist id={id}>
      {Intl.supportedValuesOf('timeZone').map((zone) => (
        <option key={zone} value={zone} />
      ))}
    </datalist>
  );
}

/** `30 60` → [30, 60]; null where it is not two whole numbers of seconds. Pure. */
function limitsOf(text: string): readonly [number, number] | null {
  const parts = /^\s*(\d{1,5})\D+(\d{1,5})\s*$/.exec(text);
  return parts ? [Number(parts[1]), Number(parts[2])] : null;
}

export function ProfileForm({ site, profile }: { readonly site: string; readonly profile: Kept<'site'> }): ReactNode {
  const zones = useId();
  const center = useCenter();
  const deed = useDeed();
  const { body, version } = profile;
  const { typed, bind } = useTyped({
    name: body.name,
    timeZone: body.timeZone,
    p1: body.waiting[1].join(' / '),
    p2: body.waiting[2].join(' / '),
    p3: body.waiting[3].join(' / '),
    p4: body.waiting[4].join(' / '),
  });
  const wrong = PRIORITIES.find((priority) => limitsOf(typed[`p${priority}`]) === null);
  const shown = wrong
    ? {
        ...deed,
        problem: {
          status: 422,
          code: 'field.invalid',
          field: `waiting.${wrong}`,
          detail: 'Type two numbers of seconds: amber / red.',
        },
      }
    : deed;
  return (
    <Form
      label="Name and time zone"
      deed={shown}
      submit="Save"
      onSubmit={() => {
        if (wrong !== undefined) return;
        const waiting = Object.fromEntries(PRIORITIES.map((priority) => [priority, limitsOf(typed[`p${priority}`])]));
        const next = { name: typed.name.trim(), timeZone: typed.timeZone.trim(), waiting: waiting as Json };
        deed.run(
          () =>
            center.ask({
              path: `/v1/sites/${encodeURIComponent(site)}/records`,
              body: { records: [{ kind: 'site', id: site, version, body: next }] },
              answer: SiteRecordsOutSchema,
            }),
          () => `${next.name} is changed`,
        );
      }}
    >
      <TextField {...bind('name')} label="Name" focus />
      <TextField
        {...bind('timeZone')}
        label="Time zone"
        list={zones}
        hint="Every time on the consoles is shown in it."
      />
      <ZoneList id={zones} />
      <h3>Waiting calls turn amber, then red, after so many seconds</h3>
      {PRIORITIES.map((priority) => (
        <TextField key={priority} {...bind(`p${priority}`, `waiting.${priority}`)} label={`Priority ${priority}`} />
      ))}
    </Form>
  );
}
