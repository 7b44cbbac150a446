import type { GoPart } from '../part';

/** The arguments of `go` that build the part, without where it goes. */
export function buildArguments({ package: path, variables }: GoPart, version: string): string[] {
  const assignments = Object.entries(variables?.(version) ?? {}).map(
    ([name, value]) => `-X ${name}=${value}`,
  );
  // Two compilers at once: the machine has two cores, and each of Kubernetes' biggest packages takes over 1 GiB.
  return ['build', '-p', '2', '-trimpath', '-ldflags', ['-s', '-w', ...assignments].join(' '), path];
}
