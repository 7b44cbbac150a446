import { Arn, type Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Config, SiteName } from '../core/config';
import type { FunctionName } from '../core/phases';
import { otherSite } from '../core/run';
import { otherSignal, type Signal, signalKey } from '../core/signals';
import { switchBucketName } from './names';

/** What a step may write in and take from the bucket of its own Region, by the site that it activates. */
type OwnRights = Record<SiteName, { put: Signal[]; remove: Signal[] }>;

/** As the code has it: `ownChange`, `backChange` and `peaceChange` in core/signals.ts. */
const OWN: Partial<Record<FunctionName, OwnRights>> = {
  flip: {
    dr: { put: ['at-dr'], remove: [] },
    primary: { put: ['at-primary'], remove: ['at-dr'] },
  },
  rollback: {
    dr: { put: [], remove: ['at-dr'] },
    primary: { put: ['at-dr'], remove: ['at-primary'] },
  },
  preflight: {
    dr: { put: [], remove: ['at-dr'] },
    primary: { put: ['at-dr'], remove: ['at-dr', 'at-primary'] },
  },
};

interface Context {
  stack: Stack;
  config: Config;
  site: SiteName;
}

/** The rights of a step on the signals of the switch: single keys, and the list of its own Region's bucket. */
export function switchSignals(step: FunctionName, { stack, config, site }: Context): PolicyStatement[] {
  const own = OWN[step]?.[site];
  if (!own) return [];
  const mains = config.apps.flatMap(({ endpoint }) => endpoint?.main ?? []);
  if (mains.length === 0) return [];
  const bucket = (of: SiteName) => s3Arn(stack, switchBucketName(stack, config, of));
  const objects = (of: SiteName, signals: Signal[]) =>
    mains.flatMap(main => signals.map(signal => `${bucket(of)}/${signalKey(main, signal)}`));
  const removed = [
    ...objects(site, own.remove),
    ...(step === 'flip' ? objects(otherSite(site), [otherSignal(site)]) : []),
  ];
  return [
    new PolicyStatement({ sid: 'Signals', actions: ['s3:ListBucket'], resources: [bucket(site)] }),
    ...(own.put.length > 0
      ? [
          new PolicyStatement({
            sid: 'WriteSignals',
            actions: ['s3:PutObject'],
            resources: objects(site, own.put),
          }),
        ]
      : []),
    ...(removed.length > 0
      ? [new PolicyStatement({ sid: 'RemoveSignals', actions: ['s3:DeleteObject'], resources: removed })]
      : []),
  ];
}

function s3Arn(stack: Stack, name: string): string {
  return Arn.format({ service: 's3', region: '', account: '', resource: name }, stack);
}
