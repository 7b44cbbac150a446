import { chmodSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SITE_NAMES } from '../../core/config';
import type { Bed } from './bed';
import type { Parts } from './build';

/** How people look around on a bed that stays. Writes the script that leads into it. */
export async function hints(bed: Bed, parts: Parts): Promise<string[]> {
  const script = join(bed.folder, 'enter');
  const { accessKeyId, secretAccessKey } = bed.aws.operator;
  const programs = ['kubectl', 'velero'].map(name => dirname(parts.bin(name)));
  // The process is found by its argument, since in here it has the number 1.
  writeFileSync(
    script,
    `#!/bin/sh
# Runs a command inside the test bed: its network, its name servers, its AWS.
pid=$(pgrep -f "inside.ts .*${bed.folder}" | tail -n 1)
exec nsenter -t "$pid" -n -m -- env PATH="${programs.join(':')}:$PATH" \\
  AWS_ENDPOINT_URL=${bed.aws.endpoint} AWS_ACCESS_KEY_ID=${accessKeyId} \\
  AWS_SECRET_ACCESS_KEY=${secretAccessKey} AWS_REGION=${bed.regionOf('primary')} "$@"
`,
  );
  chmodSync(script, 0o700);
  const lines = SITE_NAMES.flatMap(site => {
    const config = bed.regions[site].kubectl.kubeconfig;
    return [
      `${script} kubectl --kubeconfig ${config} get pods -A`,
      `${script} velero --kubeconfig ${config} backup get`,
    ];
  });
  return [
    ...lines,
    `${script} aws stepfunctions list-state-machines   (if you have the aws CLI)`,
    `${script} curl --cacert ${bed.pebble.rootFile} https://shop.orders.test/healthz`,
  ];
}
