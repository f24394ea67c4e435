/** The station hears of a network that is back from the window: it is plain Node, which is told of none. */
import { useEffect } from 'react';
import { useStation } from './connection/use-station.ts';

export function useNetworkReturned(): void {
  const station = useStation();
  useEffect(() => {
    const online = (): void => {
      station.call('network.returned', {}).catch(() => undefined);
    };
    window.addEventListener('online', online);
    return () => window.removeEventListener('online', online);
  }, [station]);
}
