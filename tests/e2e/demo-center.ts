/** A center that made the demo already: from nothing it takes several seconds, and each file of tests begins with one. */
import { copiedFolder } from '../../server/testing/postgres.ts';
import { type Center, type CenterOptions, startCenterProcess } from '../../tools/start/processes.ts';

/** On a copy of the folder that one left which was started and closed once in the run. */
export async function startDemoCenter(of: Pick<CenterOptions, 'folder' | 'env' | 'onLine'>): Promise<Center> {
  const make = async (folder: string): Promise<void> => {
    const center = startCenterProcess({ folder, port: 0, demo: true });
    try {
      await center.ready;
    } finally {
      await center.child.stop();
    }
  };
  await copiedFolder('demo-center', make, of.folder);
  return startCenterProcess({ ...of, port: 0, demo: true });
}
