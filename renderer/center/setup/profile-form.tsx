import { Fragment, type ReactNode, useId } from 'react';
import { SiteRecordsOutSchema } from '#domain/cad/api.ts';
import type { Json } from '#domain/kernel/json.ts';
import { Meanwhile } from '../../features/setup/meanwhile.tsx';
import { useTypedOver } from '../../features/setup/use-typed-over.ts';
import { TextField } from '../../ui/fields.tsx';
import { useDeed } from '../api/deed.ts';
import { useCenter } from '../api/use-center.ts';
import { Form } from '../parts/form.tsx';
import type { Kept } from './steps.ts';

const PRIORITIES = [1, 2, 3, 4] as const;

/** The fields as the center names them in a refusal. */
const AS = {
  name: 'name',
  timeZone: 'timeZone',
  p1: 'waiting.1',
  p2: 'waiting.2',
  p3: 'waiting.3',
  p4: 'waiting.4',
} as const;
type ProfileField = { readonly focus?: boolean; readonly list?: string; readonly hint?: string };

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
  const over = useTypedOver({
    name: body.name,
    timeZone: body.timeZone,
    p1: body.waiting[1].join(' / '),
    p2: body.waiting[2].join(' / '),
    p3: body.waiting[3].join(' / '),
    p4: body.waiting[4].join(' / '),
  });
  const { typed } = over;
  const field = (name: keyof typeof typed, label: string, as: string, more: ProfileField = {}): ReactNode => (
    <Fragment key={name}>
      <TextField {...over.bind(name, as)} label={label} {...more} />
      <Meanwhile over={over} name={name} label={label} theirs={over.stands[name]} />
    </Fragment>
  );
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
        if (over.unchosen((name, detail) => deed.refuse(AS[name], detail))) return;
        const waiting = Object.fromEntries(PRIORITIES.map((priority) => [priority, limitsOf(typed[`p${priority}`])]));
        const next = { name: typed.name.trim(), timeZone: typed.timeZone.trim(), waiting: waiting as Json };
        deed.run(
          () =>
            center.ask({
              path: `/v1/sites/${encodeURIComponent(site)}/records`,
              body: { records: [{ kind: 'site', id: site, version, body: next }] },
              answer: SiteRecordsOutSchema,
            }),
          () => {
            over.saved({ ...typed, name: next.name, timeZone: next.timeZone });
            return `${next.name} is changed`;
          },
        );
      }}
    >
      {field('name', 'Name', AS.name, { focus: true })}
      {field('timeZone', 'Time zone', AS.timeZone, {
        list: zones,
        hint: 'Every time on the consoles is shown in it.',
      })}
      <ZoneList id={zones} />
      <h3>Waiting calls turn amber, then red, after so many seconds</h3>
      {PRIORITIES.map((priority) => field(`p${priority}`, `Priority ${priority}`, AS[`p${priority}`]))}
    </Form>
  );
}
