import { VersionUnknown } from './errors';

/** @returns the version of `module` that the text of a go.mod file requires */
export function requiredVersion(text: string, module: string, file: string): string {
  for (const line of text.split('\n')) {
    const [first, second, third] = line.trim().split(/\s+/);
    // `require a v1` alone on its line, or `a v1` inside of a block.
    if (first === 'require' && second === module && third) return third;
    if (first === module && second?.startsWith('v')) return second;
  }
  throw new VersionUnknown(module, file);
}
