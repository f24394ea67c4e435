/** `node migrate-and-die.ts FILE KEY N`: migrates a store and is killed before its Nth statement, as by a power cut. */
import { openDatabase, TUNING } from '../file/database.ts';
import { migrate } from '../migrations/migrate.ts';

const [path = '', key = '', fatal = '0'] = process.argv.slice(2);
let n = 0;
const raw = openDatabase({ path, key: key ? Buffer.from(key, 'hex') : null, tuning: TUNING });
migrate(raw, undefined, () => {
  if (n++ === Number(fatal)) process.kill(process.pid, 'SIGKILL');
});
process.stdout.write(`${n}`);
