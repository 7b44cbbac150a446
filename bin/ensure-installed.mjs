// Runs before `npm test` and `npm run rehearse`: installs the npm packages of package-lock.json unless they are there.
// Plain JavaScript without dependencies, since nothing is installed yet.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = `${root}node_modules/.lifeboat-installed`;

const [major] = process.versions.node.split('.').map(Number);
if (major < 20) {
  console.error(
    `Lifeboat needs Node.js 20 or later; this is ${process.version}. Install a later one and try again.`,
  );
  process.exit(2);
}

const wanted = createHash('sha256')
  .update(readFileSync(`${root}package-lock.json`))
  .digest('hex');
const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
if (installed !== wanted) {
  console.error('Installing npm packages. This takes about half a minute, once.');
  // On Windows npm is a script, which only a shell starts.
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) {
    console.error('npm ci failed; its messages are above. Mend that, then type the same command again.');
    process.exit(npm.status ?? 1);
  }
  writeFileSync(stamp, wanted);
}
