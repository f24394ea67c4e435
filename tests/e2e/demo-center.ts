/** A center that made the demo already: from nothing it takes several seconds, and each file of tests begins with one. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { folderOfRun } from '../../server/testing/postgres.ts';
import { type Center, type CenterOptions, startCenterProcess } from '../../tools/start/processes.ts';

const run = promisify(execFile);

/** On a copy of the folder that one left which was started and closed once in the run. */
export async function startDemoCenter(of: Pick<CenterOptions, 'folder' | 'env' | 'onLine'>): Promise<Center> {
  const made = await folderOfRun('demo-center', async (folder) => {
    const center = startCenterProcess({ folder, port: 0, demo: true });
    try {
      await center.ready;
    } finally {
      await center.child.stop();
    }
  });
  // With its owners: the database's files may be another user's than ours.
  await run('cp', ['-a', made, of.folder]);
  return startCenterProcess({ ...of, port: 0, demo: true });
}
