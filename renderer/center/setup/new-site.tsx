import { type ReactNode, useId, useState } from 'react';
import type { z } from 'zod';
import { SiteMadeSchema } from '#domain/cad/api.ts';
import { TextField, useTyped } from '../../ui/fields.tsx';
import { useDeed } from '../api/deed.ts';
import { useCenter } from '../api/use-center.ts';
import { Form } from '../parts/form.tsx';
import { Panel } from '../parts/panel.tsx';
import { InvitationCode } from '../people/invitation-code.tsx';
import { ZoneList } from './profile-form.tsx';

type Made = z.output<typeof SiteMadeSchema>;

/** A new PSAP: its name and zone. The rest begins with defaults and is a list of parts afterwards. */
export function NewSite({
  onMade,
  onLeave,
}: {
  readonly onMade: (site: string) => void;
  readonly onLeave: () => void;
}): ReactNode {
  const zones = useId();
  const center = useCenter();
  const deed = useDeed();
  const [made, setMade] = useState<Made | null>(null);
  const { typed, bind } = useTyped({
    name: '',
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    user: '',
    adminName: '',
  });
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
          onSubmit={() =>
            deed.run(
              () =>
                center.ask({
                  path: '/v1/sites',
                  body: {
                    name: typed.name.trim(),
                    timeZone: typed.timeZone.trim(),
                    admin: {
                      user: typed.user.trim(),
                      ...(typed.adminName.trim() === '' ? {} : { name: typed.adminName.trim() }),
                    },
                  },
                  answer: SiteMadeSchema,
                }),
              (value) => {
                setMade(value);
                return `${typed.name.trim()} is set up`;
              },
            )
          }
        >
          <TextField {...bind('name')} label="Name" focus hint="As dispatchers know it: Harbor County 911." />
          <TextField
            {...bind('timeZone')}
            label="Time zone"
            list={zones}
            hint="Every time on its consoles is shown in it."
          />
          <ZoneList id={zones} />
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
