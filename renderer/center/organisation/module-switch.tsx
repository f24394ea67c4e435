import { type ReactNode, useState } from 'react';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { ModulesOutSchema } from '#domain/identity/api/organisation.ts';
import { TextField } from '../../ui/fields.tsx';
import { useDeed } from '../api/deed.ts';
import { useCenter } from '../api/use-center.ts';
import { useMay, useModules } from '../frame/me.ts';
import { Form } from '../parts/form.tsx';
import { Nothing, Panel } from '../parts/panel.tsx';
import { dependentsOf } from './dependents.ts';
import { type ModuleRow, Position } from './module-list.tsx';

/** One module: how it stands, what goes with it, and its switch. */
export function ModuleSwitch({ name }: { readonly name: string | null }): ReactNode {
  const modules = useModules().value?.modules ?? [];
  const module = modules.find((one) => one.name === name);
  return (
    <Panel title={module?.title ?? 'Module'}>
      {module ? (
        <Switch key={`${module.name} ${module.position}`} module={module} modules={modules} />
      ) : (
        <Nothing>Choose a module in the list to see what needs it, and to switch it.</Nothing>
      )}
    </Panel>
  );
}

function Switch({
  module,
  modules,
}: {
  readonly module: ModuleRow;
  readonly modules: readonly ModuleRow[];
}): ReactNode {
  const center = useCenter();
  const may = useMay();
  const deed = useDeed();
  const [reason, setReason] = useState('');
  const withIt = dependentsOf(modules, module.name);
  const on = module.position === 'on';
  const named = withIt.map(({ title }) => title).join(', ');
  const objection = module.essential
    ? 'Dispatching stands on it; it is never off.'
    : module.position === 'killed'
      ? 'Only the operator of the center lifts this.'
      : module.position === 'with another'
        ? 'It comes back by itself when what it needs is on.'
        : may(IDENTITY_ACTIONS['modules.switch'], { site: null });
  return (
    <div className="detail">
      <p>
        <Position row={module} />
      </p>
      {module.why === null ? null : <p>{module.why}</p>}
      {objection === null ? (
        <>
          <p className={on && withIt.length > 0 ? 'strip strip-amber' : 'muted'}>
            {on
              ? withIt.length > 0
                ? `These go off with it: ${named}. Their records stay; nobody reads or changes them until it is on again.`
                : 'Nothing else needs it. Its records stay; nobody reads or changes them until it is on again.'
              : withIt.length > 0
                ? `These come back with it: ${named}.`
                : 'Nothing else needs it.'}
          </p>
          <Form
            label={`${on ? 'Switch off' : 'Switch on'} ${module.title}`}
            deed={deed}
            danger={on}
            submit={on ? `Switch ${module.title} off` : `Switch ${module.title} on`}
            onSubmit={() =>
              deed.runBecause(
                reason,
                () =>
                  center.ask({
                    path: `/v1/modules/${encodeURIComponent(module.name)}`,
                    body: { on: !on, reason: reason.trim() },
                    answer: ModulesOutSchema,
                  }),
                () => `${module.title} is ${on ? 'off' : 'on'}${on && withIt.length > 0 ? `, and ${named}` : ''}`,
              )
            }
          >
            <TextField
              name="reason"
              label="Reason"
              focus
              value={reason}
              onChange={setReason}
              hint="Said to whoever meets the module while it is off, and kept in the audit."
            />
          </Form>
        </>
      ) : (
        <p className="muted">{objection}</p>
      )}
    </div>
  );
}
