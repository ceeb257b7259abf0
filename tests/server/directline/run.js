/* Runs the tests, or says why it cannot: exit status 77 is ctest's “skipped”. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

if (!existsSync(join(here, 'node_modules', 'botframework-directlinejs'))) {
  console.log('skipped: botframework-directlinejs is not installed; run “npm ci” in tests/server/directline');
  process.exit(77);
}
const { status } = spawnSync(process.execPath, ['--test', join(here, 'directline.test.js')], { cwd: here, stdio: 'inherit' });
process.exit(status ?? 1);
