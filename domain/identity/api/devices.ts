/** Workstations, and those that wait to be one, as the center's API says them. Times in ms UTC. */
import { z } from 'zod';

const Id = z.string().min(1).max(128);

/** POST `/v1/sites/{site}/enrolment-codes`: for one workstation, shown once. */
export const EnrolmentCodeOutSchema = z.strictObject({
  code: z.string(),
  /** Names the code without telling it: `code` of who asked with it. */
  id: Id,
  expiresAt: z.int(),
});

const DeviceOutSchema = z.strictObject({
  station: Id,
  site: Id,
  name: z.string(),
  /** Three letters, in clocks and number suffixes. */
  short: z.string(),
  /** Where its peers reach it. */
  address: z.string(),
  enrolledAt: z.int(),
  revokedAt: z.int().nullable(),
});
/** GET `/v1/devices`. */
export const DevicesOutSchema = z.strictObject({ devices: z.array(DeviceOutSchema) });
export type DeviceOut = z.infer<typeof DeviceOutSchema>;

const WaitingOutSchema = z.strictObject({
  id: Id,
  site: Id,
  name: z.string(),
  /** Made from its key, as `KX4-72Q`. The workstation shows its own: the same, or it is another one. */
  compare: z.string(),
  code: Id,
  /** The network address that it asks from. */
  askedFrom: z.string(),
  askedAt: z.int(),
  expiresAt: z.int(),
});
/** GET `/v1/enrolments`: workstations that wait to be let in. */
export const EnrolmentsOutSchema = z.strictObject({ enrolments: z.array(WaitingOutSchema) });
export type WaitingOut = z.infer<typeof WaitingOutSchema>;

/** POST `/v1/enrolments/{id}/approve`: the code as it was read at the workstation. `…/refuse` takes nothing. */
export const ApproveInSchema = z.strictObject({ compare: z.string().trim().min(6).max(16) });
export const ApprovedOutSchema = z.strictObject({ station: Id });
