import { type ReactNode, useState } from 'react';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { useZone } from '../../app/clock/clock.ts';
import { TextField } from '../../ui/fields.tsx';
import { useDeed } from '../api/deed.ts';
import { useCenter } from '../api/use-center.ts';
import { useMay } from '../frame/me.ts';
import { Form } from '../parts/form.tsx';
import { saveFile } from '../parts/save-file.ts';
import { type AuditTyped, queryOf } from './search-query.ts';

/** Takes what the search finds out as a file that can be verified without the center. */
export function Export({ search }: { readonly search: AuditTyped }): ReactNode {
  const center = useCenter();
  const may = useMay();
  const deed = useDeed();
  const zone = useZone();
  const [reason, setReason] = useState('');
  const query = queryOf(search, zone);
  const objection = may(IDENTITY_ACTIONS['audit.export']);
  if (objection !== null) return <p className="muted">{objection}</p>;
  return (
    <Form
      label="Take the audit out"
      deed={deed}
      submit="Take out what the search finds"
      onSubmit={() =>
        deed.run(
          () => center.download({ path: `/v1/audit/export?${query.toString()}`, reason: reason.trim() }),
          (file) => {
            saveFile(file, 'audit.ndjson');
            return `The audit is taken out: ${Math.ceil(file.size / 1024)} KB`;
          },
        )
      }
    >
      <TextField
        name="reason"
        label="Reason"
        value={reason}
        onChange={setReason}
        hint="Who asked for it. Goes into the audit."
      />
    </Form>
  );
}
