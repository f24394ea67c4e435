/** The demo's one password. It exists here alone and only for an organisation that is seeded as the demo. */
export const DEMO_ORG = 'harbor';
export const DEMO_PASSWORD = 'gulls over pier nine';
/** Who the ready line names. */
export const DEMO_USER = 'dispatcher1';
export const DEMO_ADMIN = 'admin1';
