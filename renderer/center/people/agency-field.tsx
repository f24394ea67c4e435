/** For which agency of their PSAP somebody works: whose units' charts and runs they see. */
import type { ReactNode } from 'react';
import { type Bound, SelectField } from '../../ui/fields.tsx';
import { useKept } from '../setup/site-records.ts';

/** `site`: where they work; there is nothing to choose for who works at every PSAP, nor where a PSAP has no agencies. */
export function AgencyField({
  site,
  value,
  onChange,
}: Pick<Bound<string | null>, 'value' | 'onChange'> & { readonly site: string | null }): ReactNode {
  const agencies = useKept('agency', site).value ?? [];
  if (site === null || (agencies.length === 0 && value === null)) return null;
  return (
    <SelectField
      name="agency"
      label="Agency"
      value={value ?? ''}
      onChange={(chosen) => onChange(chosen === '' ? null : chosen)}
      options={[
        { value: '', title: 'every agency of the PSAP' },
        ...agencies.map(({ id, body }) => ({ value: id, title: body.name })),
        ...(value !== null && !agencies.some(({ id }) => id === value)
          ? [{ value, title: 'one that is archived' }]
          : []),
      ]}
      hint="Crews see the runs and charts of their own agency’s units alone."
    />
  );
}
