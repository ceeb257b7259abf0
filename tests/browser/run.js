/* Runs the browser tests; status 77, which ctest takes as skipped, when what they need is not installed. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url)), chromium = process.env.LUUKKU_CHROMIUM || '/usr/bin/chromium';
const missing = !existsSync(chromium) ? `Chromium (${chromium}); apt-get install chromium, or name another in LUUKKU_CHROMIUM`
  : !existsSync(`${folder}/node_modules/playwright-core`) ? 'playwright-core and axe-core; npm ci --prefix tests/browser' : '';
if (missing) {
  console.log(`skipped: the browser tests need ${missing}`);
  process.exit(77);
}
const wanted = process.argv.slice(2), files = wanted.length ? wanted : readdirSync(folder).filter((name) => name.endsWith('.test.js'));
process.exit(spawnSync(process.execPath, ['--test', '--test-concurrency=1', ...files], { cwd: folder, stdio: 'inherit' }).status ?? 1);
