/** By which clocks a station goes: those of its site. */
import type { Store } from './store/store.ts';

/** The IANA zone of the station's site; UTC while its record has not come. */
export function siteZone(store: Pick<Store, 'record' | 'identity'>): string {
  const zone = store.record('site', store.identity.site)?.body?.timeZone;
  return typeof zone === 'string' ? zone : 'UTC';
}
