import { buildBundles } from '../../lib/bundles';
import type { Result } from './index';

/** The code of each Lambda, against the largest that is allowed. */
export function checkBundles(sizesOf: (folder: string) => Record<string, number>, most: number): Result {
  const sizes = Object.entries(sizesOf(buildBundles())).sort(([, a], [, b]) => b - a);
  const table = sizes.map(([step, bytes]) => `${step.padEnd(10)}${kib(bytes).padStart(8)}`);
  return {
    line: [`bundles, each at most ${kib(most)}:`, ...table].join('\n     '),
    findings: sizes
      .filter(([, bytes]) => bytes > most)
      .map(([step, bytes]) => `${step} has ${kib(bytes)}, allowed are ${kib(most)}.`),
  };
}

function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(0)} KiB`;
}
