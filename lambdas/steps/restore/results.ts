import type { RestoreObject } from '../../../core/kubernetes';
import type { Velero } from '../../adapters/kubernetes/velero';

/** A report is read by a person: some lines, the rest counted. */
const LINES = 10;

/** The warnings and errors of a restore that has ended: how many, and what Velero says of single volumes. */
export async function restoreTexts(
  velero: Velero,
  name: string,
  status: RestoreObject['status'],
): Promise<string[]> {
  const { warnings = 0, errors = 0 } = status ?? {};
  const volumes = await velero.volumeProblems(name);
  if (warnings + errors === 0) return volumes;
  const counted = `Restore ${name}: ${warnings} warnings, ${errors} errors. Read them: velero restore describe ${name} --details`;
  return [counted, ...volumes].slice(0, LINES);
}
