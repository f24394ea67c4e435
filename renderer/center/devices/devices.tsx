import { type ReactNode, useMemo, useState } from 'react';
import { z } from 'zod';
import { SitesOutSchema } from '#domain/cad/api.ts';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { useAction } from '../../app/keys/actions.ts';
import { type Column, Grid } from '../../ui/grid.tsx';
import { Cap } from '../../ui/key.tsx';
import { useAnswer, useCenter } from '../api/use-center.ts';
import { useMay, useMe } from '../frame/me.ts';
import { go } from '../frame/route.ts';
import { Deliberate } from '../parts/deliberate.tsx';
import { Filtered, useFilter } from '../parts/filtered.tsx';
import { ListDetail, useInHand } from '../parts/list-detail.tsx';
import { Nothing, Panel } from '../parts/panel.tsx';
import { Known } from '../parts/rows.tsx';
import { Approve } from './approve.tsx';
import { DeviceState } from './device-state.tsx';
import { type DeviceRow, useDevices } from './devices-known.ts';
import { EnrolmentCode } from './enrolment-code.tsx';

const NothingSchema = z.object({});

/** Workstations of the organisation: who asks to be let in, who is, who was put out. */
export function Devices(): ReactNode {
  const { open, selected, beside, select, enter } = useInHand('devices');
  const zone = useZone();
  const devices = useDevices();
  const sites = useAnswer(SitesOutSchema, '/v1/sites').value?.sites ?? [];
  useAction('new', () => {
    go('devices', 'new');
    return true;
  });
  const siteName = (id: string): string => sites.find(({ site }) => site === id)?.name ?? id;
  const columns = useMemo(
    (): readonly Column<DeviceRow>[] => [
      { key: 'name', title: 'Workstation', track: 'minmax(8rem, 2fr)', cell: ({ of }) => <b>{of.name}</b> },
      { key: 'state', title: 'State', track: '11rem', cell: (row) => <DeviceState state={row.state} /> },
      {
        key: 'site',
        title: 'PSAP',
        track: 'minmax(8rem, 2fr)',
        cell: ({ of }) => sites.find(({ site }) => site === of.site)?.name ?? of.site,
      },
      {
        key: 'mark',
        title: 'Mark',
        track: '4rem',
        cell: (row) => <span className="mono">{row.kind === 'device' ? row.of.short : ''}</span>,
        from: 48,
      },
      {
        key: 'address',
        title: 'Address',
        track: '11rem',
        cell: (row) => <span className="mono">{addressOf(row)}</span>,
        from: 60,
      },
      {
        key: 'time',
        title: 'Since',
        track: '8.5rem',
        cell: (row) => when(row.kind === 'device' ? row.of.enrolledAt : row.of.askedAt, now(), zone),
        from: 40,
      },
    ],
    [sites, zone],
  );
  const filter = useFilter(devices ?? [], (row) => [row.of.name, siteName(row.of.site), addressOf(row), row.state]);
  const device = devices?.find(({ id }) => id === (open === 'new' ? null : beside));
  return (
    <ListDetail
      open={open}
      onLeave={() => go('devices')}
      list={
        <Panel
          title="Workstations"
          count={devices === null ? undefined : filter.count}
          hint={
            <>
              <Cap>/</Cap> filter · <Cap>Enter</Cap> open · <Cap>N</Cap> code for a new one
            </>
          }
        >
          <Filtered label="Filter workstations" placeholder="name, PSAP, address or state" filter={filter}>
            <Grid
              label="Workstations"
              rows={filter.shown}
              columns={columns}
              idOf={({ id }) => id}
              nameOf={({ of }) => of.name}
              freshness={(row) => row.state}
              selected={selected}
              onSelect={select}
              onEnter={({ id }) => enter(id)}
              quiet={(row) => row.state === 'revoked'}
              empty={
                devices === null
                  ? 'The center has not answered yet.'
                  : filter.typed
                    ? 'Nothing here matches the filter.'
                    : 'No workstation is enrolled; N makes a code for the first.'
              }
            />
          </Filtered>
        </Panel>
      }
      detail={
        open === 'new' ? (
          <Panel title="A new workstation">
            <NewWorkstation sites={sites} />
          </Panel>
        ) : (
          <Panel title={device?.of.name ?? 'Workstation'}>
            {device?.kind === 'device' ? (
              <DeviceDetail key={device.id} row={device} site={siteName(device.of.site)} />
            ) : device ? (
              <div className="detail">
                <Approve key={device.id} of={device.of} onApproved={(station) => go('devices', station)} />
              </div>
            ) : (
              <Nothing>Choose a workstation, or press N for a code that enrols a new one.</Nothing>
            )}
          </Panel>
        )
      }
    />
  );
}

function NewWorkstation({
  sites,
}: {
  readonly sites: readonly { readonly site: string; readonly name: string }[];
}): ReactNode {
  const me = useMe();
  const [chosen, setChosen] = useState<string | null>(me.site);
  const site = chosen ?? sites[0]?.site;
  if (site === undefined) return <Nothing>Set a PSAP up first; a workstation belongs to one.</Nothing>;
  return (
    <div className="detail">
      <p className="bar-choices">
        {sites.map((one) => (
          <button
            type="button"
            key={one.site}
            className="choice"
            aria-pressed={one.site === site}
            onClick={() => setChosen(one.site)}
          >
            {one.name}
          </button>
        ))}
      </p>
      <EnrolmentCode key={site} site={site} />
    </div>
  );
}

const addressOf = (row: DeviceRow): string => (row.kind === 'device' ? row.of.address : row.of.askedFrom);

function DeviceDetail({
  row,
  site,
}: {
  readonly row: Extract<DeviceRow, { readonly kind: 'device' }>;
  readonly site: string;
}): ReactNode {
  const zone = useZone();
  const center = useCenter();
  const may = useMay();
  const { of } = row;
  return (
    <div className="detail">
      <Known
        rows={[
          ['State', <DeviceState key="state" state={row.state} />],
          ['PSAP', site],
          [
            'Mark in numbers',
            <span key="mark" className="mono">
              {of.short}
            </span>,
          ],
          [
            'Address in the room',
            <span key="address" className="mono">
              {of.address}
            </span>,
          ],
          ['Enrolled', when(of.enrolledAt, now(), zone)],
          of.revokedAt === null ? null : ['Revoked', when(of.revokedAt, now(), zone)],
        ]}
      />
      {row.state === 'revoked' ? null : (
        <Deliberate
          title="Revoke this workstation"
          means={
            <>
              {of.name} is put out at once: its sessions end, its peers learn of it, and what it signs from now on is
              contested. To come back it is enrolled anew.
            </>
          }
          refusedFor={may(IDENTITY_ACTIONS['devices.revoke'], { site: of.site })}
          done={`${of.name} is revoked`}
          act={(reason) =>
            center.ask({
              path: `/v1/devices/${encodeURIComponent(row.id)}/revoke`,
              body: {},
              reason,
              answer: NothingSchema,
            })
          }
        />
      )}
    </div>
  );
}
