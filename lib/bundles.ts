import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { buildSync, version as esbuildVersion } from 'esbuild';
import type { Config } from '../core/config';
import { FUNCTIONS, type FunctionName } from '../core/phases';

const ROOT = resolve(__dirname, '..');

/** A bundle may be this large; a small one starts fast. The client of S3 is 130 KiB of it. */
export const MAX_BUNDLE_BYTES = 800 * 1024;

/**
 * Bundles every step with one call of esbuild, before synth. What did not change since is not built again.
 * @param root where `core/` and `lambdas/` lie; default: this repository
 * @returns the folder with `<step>/index.js` and its source map
 */
export function buildBundles(root = ROOT): string {
  const folder = join(cacheOf(root), `bundles-${sourcesHash(root)}`);
  if (existsSync(folder)) return folder;
  const draft = draftOf(folder);
  buildSync({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(
      FUNCTIONS.map(step => [`${step}/index`, `lambdas/steps/${step}/index.ts`]),
    ),
    outdir: draft,
    bundle: true,
    platform: 'node',
    // Older than the runtime of the Lambdas, so that the same bundle also runs where people have Node 22.
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
  finish(draft, folder);
  return folder;
}

/** Bytes of each function's code, without the source map. */
export function bundleSizes(folder: string): Record<FunctionName, number> {
  const sizes = FUNCTIONS.map(step => [step, statSync(join(folder, step, 'index.js')).size] as const);
  return Object.fromEntries(sizes) as Record<FunctionName, number>;
}

/**
 * The folder that becomes a step's Lambda: its bundle, and the configuration beside it.
 * @returns its path; the same configuration gives the same folder
 */
export function stepAsset(bundles: string, step: FunctionName, config: Config): string {
  const text = JSON.stringify(config);
  const hash = createHash('sha256').update(bundles).update(text).digest('hex').slice(0, 16);
  const folder = join(dirname(bundles), `assets-${hash}`, step);
  if (existsSync(folder)) return folder;
  const draft = draftOf(folder);
  cpSync(join(bundles, step), draft, { recursive: true });
  writeFileSync(join(draft, 'lifeboat.json'), text);
  finish(draft, folder);
  return folder;
}

function cacheOf(root: string): string {
  return join(root, 'node_modules', '.cache', 'lifeboat');
}

/** Under another name first: what is cut leaves nothing that looks finished. */
function draftOf(folder: string): string {
  return `${folder}.${process.pid}`;
}

/** Somebody else may have been quicker with the same: then theirs stays, since they may be reading it. */
function finish(draft: string, folder: string): void {
  try {
    renameSync(draft, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(draft, { recursive: true });
  }
}

/** Everything that can change a bundle: the sources, the versions of what they import, and how they are built. */
function sourcesHash(root: string): string {
  const hash = createHash('sha256').update(esbuildVersion).update(readFileSync(__filename));
  hash.update(readFileSync(join(root, 'package-lock.json')));
  for (const file of [...sourceFiles(root, 'core'), ...sourceFiles(root, 'lambdas')].sort()) {
    hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

function sourceFiles(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
    .map(entry => join(entry.parentPath, entry.name));
}
