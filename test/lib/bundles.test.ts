import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FUNCTIONS } from '../../core/phases';
import { buildBundles, bundleSizes, stepAsset } from '../../lib/bundles';
import { exampleConfig } from './example';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lifeboat-bundles-'));
  write('package-lock.json', '{}');
  write('core/word.ts', "export const word = 'first';");
  for (const step of FUNCTIONS) {
    write(
      `lambdas/steps/${step}/index.ts`,
      "import { word } from '../../../core/word'; export const handler = () => word;",
    );
  }
});

afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): void {
  const path = join(root, file);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
}

const answer = (folder: string): unknown => require(join(folder, 'turn', 'index.js')).handler();

it('bundles each step into one file, with its source map beside it', () => {
  const folder = buildBundles(root);
  expect(readdirSync(folder).sort()).toEqual([...FUNCTIONS].sort());
  expect(readdirSync(join(folder, 'flip')).sort()).toEqual(['index.js', 'index.js.map']);
  expect(answer(folder)).toBe('first');
  expect(bundleSizes(folder).flip).toBeGreaterThan(0);
});

it('builds nothing again when nothing has changed', () => {
  const folder = buildBundles(root);
  const built = statSync(join(folder, 'turn', 'index.js')).mtimeMs;
  expect(buildBundles(root)).toBe(folder);
  expect(statSync(join(folder, 'turn', 'index.js')).mtimeMs).toBe(built);
});

it.each([
  ['a decision in core', 'core/word.ts', "export const word = 'second';"],
  ['a file that is new', 'lambdas/adapters/new.ts', 'export {};'],
  ['a version of a package', 'package-lock.json', '{"changed": true}'],
])('builds again when %s changed', (_, file, text) => {
  const before = buildBundles(root);
  write(file, text);
  const after = buildBundles(root);
  expect(after).not.toBe(before);
  expect(answer(after)).toBe(file === 'core/word.ts' ? 'second' : 'first');
});

it('leaves no half-finished folder behind', () => {
  stepAsset(buildBundles(root), 'flip', exampleConfig());
  const cache = join(root, 'node_modules', '.cache', 'lifeboat');
  expect(readdirSync(cache).filter(name => name.includes('.'))).toEqual([]);
});

describe('what becomes a Lambda', () => {
  it('is the bundle with the configuration beside it', () => {
    const config = exampleConfig();
    const folder = stepAsset(buildBundles(root), 'flip', config);
    expect(readdirSync(folder).sort()).toEqual(['index.js', 'index.js.map', 'lifeboat.json']);
    expect(JSON.parse(readFileSync(join(folder, 'lifeboat.json'), 'utf8'))).toEqual(config);
  });

  it('is another one for another configuration, and the same one for the same', () => {
    const bundles = buildBundles(root);
    const folder = stepAsset(bundles, 'flip', exampleConfig());
    expect(stepAsset(bundles, 'flip', exampleConfig())).toBe(folder);
    expect(stepAsset(bundles, 'flip', exampleConfig([], { name: 'other' }))).not.toBe(folder);
  });
});
