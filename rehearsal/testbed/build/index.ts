import { Builder } from './builder';
import { run } from './command';
import { PartsMissing } from './errors';
import { type Parts, partsFrom } from './located';
import { PARTS } from './parts';
import { cachePaths, TESTBED } from './paths';
import { reasonOf } from './plan';
import { readToolchain } from './toolchain';

export { PartsMissing } from './errors';
export type { LocatedImage, Parts } from './located';
export { cachePaths } from './paths';

/** What the cache has of the bed's parts: all of them, or the names of those that are missing. */
export async function located(): Promise<Parts | PartsMissing> {
  const paths = cachePaths();
  const toolchain = await readToolchain(run, paths);
  const { ready, pending } = await new Builder({ run, paths, toolchain, sources: TESTBED }).look(PARTS);
  if (pending.length === 0) return partsFrom(ready);
  return new PartsMissing(pending.map(({ part, lookup }) => ({ name: part.name, reason: reasonOf(lookup) })));
}

/** @throws PartsMissing when `npm run testbed:build` has something to do first */
export async function locateParts(): Promise<Parts> {
  const parts = await located();
  if (parts instanceof PartsMissing) throw parts;
  return parts;
}
