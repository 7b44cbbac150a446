import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { buildSync, version as esbuildVersion } from 'esbuild';
import type { Config } from '../core/config';
import { STEPS, type StepName } from '../core/phases';

const ROOT = resolve(__dirname, '..');
const CACHE = join(ROOT, 'node_modules', '.cache', 'lifeboat');

/** A bundle may be this large; a small one starts fast. */
export const MAX_BUNDLE_BYTES = 700 * 1024;

/**
 * Bundles every step with one call of esbuild, before synth. What did not change since is not built again.
 * @returns the folder with `<step>/index.js` and its source map
 */
export function buildBundles(): string {
  const folder = join(CACHE, `bundles-${sourcesHash()}`);
  if (existsSync(folder)) return folder;
  // Under another name first: a build that is cut leaves nothing that looks finished.
  const draft = `${folder}.${process.pid}`;
  buildSync({
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries(STEPS.map(step => [`${step}/index`, `lambdas/steps/${step}/index.ts`])),
    outdir: draft,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
    // The SDK's ES modules let esbuild leave out every command that is not used: half the size.
    mainFields: ['module', 'main'],
    legalComments: 'none',
    logLevel: 'error',
  });
  if (existsSync(folder)) rmSync(draft, { recursive: true });
  else renameSync(draft, folder);
  return folder;
}

/** Bytes of each step's code, without the source map. */
export function bundleSizes(folder: string): Record<StepName, number> {
  const sizes = STEPS.map(step => [step, statSync(join(folder, step, 'index.js')).size] as const);
  return Object.fromEntries(sizes) as Record<StepName, number>;
}

/**
 * The folder that becomes a step's Lambda: its bundle, and the configuration beside it.
 * @returns its path; the same configuration gives the same folder
 */
export function stepAsset(bundles: string, step: StepName, config: Config): string {
  const text = JSON.stringify(config);
  const hash = createHash('sha256').update(bundles).update(text).digest('hex').slice(0, 16);
  const folder = join(CACHE, `assets-${hash}`, step);
  if (existsSync(join(folder, 'lifeboat.json'))) return folder;
  mkdirSync(folder, { recursive: true });
  cpSync(join(bundles, step), folder, { recursive: true });
  writeFileSync(join(folder, 'lifeboat.json'), text);
  return folder;
}

/** Everything that can change a bundle: the sources, the versions of what they import, and how they are built. */
function sourcesHash(): string {
  const hash = createHash('sha256').update(esbuildVersion).update(readFileSync(__filename));
  hash.update(readFileSync(join(ROOT, 'package-lock.json')));
  for (const file of [...sourceFiles('core'), ...sourceFiles('lambdas')].sort()) {
    hash.update(relative(ROOT, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
    .map(entry => join(entry.parentPath, entry.name));
}
