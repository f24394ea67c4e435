import { type ReactNode, useId, useState } from 'react';
import type { z } from 'zod';
import { SiteInSchema, SiteMadeSchema } from '#domain/cad/api.ts';
import { TextField, useTyped } from '../../ui/fields.tsx';
import { useDeed } from '../api/deed.ts';
import { useCenter } from '../api/use-center.ts';
import { useSiteProfiles } from '../frame/records-zone.ts';
import { Form } from '../parts/form.tsx';
import { Panel } from '../parts/panel.tsx';
import { InvitationCode } from '../people/invitation-code.tsx';
import { ZoneList } from './profile-form.tsx';

type Made = z.output<typeof SiteMadeSchema>;

/** A new PSAP: its name, and its zone, mostly that of the others. The rest begins with defaults and is a list of parts afterwards. */
export function NewSite({
  onMade,
  onLeave,
}: {
  readonly onMade: (site: string) => void;
  readonly onLeave: () => void;
}): ReactNode {
  const zoneList = useId();
  const center = useCenter();
  const deed = useDeed();
  const [made, setMade] = useState<Made | null>(null);
  const { typed, bind } = useTyped({
    name: '',
    timeZone: null as string | null,
    user: '',
    adminName: '',
  });
  const zones = new Set(useSiteProfiles()?.map(({ body }) => body.timeZone));
  const usual = zones.size === 1 ? [...zones][0] : undefined;
  // What is shown is what is sent, also where the other PSAPs came after the form.
  const timeZone = typed.timeZone ?? usual ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (made) {
    return (
      <Panel title={typed.name}>
        <div className="detail">
          <p>
            <b>{typed.name} is set up.</b> This invites {typed.adminName.trim() || typed.user} to administer it:
          </p>
          <InvitationCode out={made.invitation} name={typed.adminName.trim() || typed.user} />
          <p>
            <button type="button" className="choice first" data-panel-focus="" onClick={() => onMade(made.site)}>
              Go on with its parts
            </button>
          </p>
        </div>
      </Panel>
    );
  }
  return (
    <Panel title="A new PSAP">
      <div className="detail">
        <p className="muted">
          It begins with the usual unit statuses, four positions and waiting limits; all of it can be changed.
        </p>
        <Form
          label="A new PSAP"
          deed={deed}
          submit="Set it up"
          onLeave={onLeave}
          onSubmit={() => {
            const admin = typed.adminName.trim();
            const body = {
              name: typed.name.trim(),
              timeZone: timeZone.trim(),
              admin: { user: typed.user.trim(), ...(admin === '' ? {} : { name: admin }) },
            };
            deed.runWith(
              SiteInSchema,
              body,
              () => center.ask({ path: '/v1/sites', body, answer: SiteMadeSchema }),
              (value) => {
                setMade(value);
                return `${body.name} is set up`;
              },
            );
          }}
        >
          <TextField {...bind('name')} label="Name" focus hint="As dispatchers know it: Harbor County 911." />
          <TextField
            {...bind('timeZone')}
            label="Time zone"
            value={timeZone}
            list={zoneList}
            hint="Every time on its consoles is shown in it."
          />
          <ZoneList id={zoneList} />
          <h3>Who administers it</h3>
          <TextField {...bind('adminName', 'admin.name')} label="Name" />
          <TextField
            {...bind('user', 'admin.user')}
            label="User name"
            hint="They are invited by it and choose their password themselves."
          />
        </Form>
      </div>
    </Panel>
  );
}
