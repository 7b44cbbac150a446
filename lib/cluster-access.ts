import { Arn, ArnFormat, Stack } from 'aws-cdk-lib';
import { CfnAccessEntry } from 'aws-cdk-lib/aws-eks';
import { Construct } from 'constructs';
import type { Config, SiteName } from '../core/config';
import type { FunctionName } from '../core/phases';
import { otherSite } from '../core/run';
import { stepGroup, stepRoleName } from './names';
import { OTHER_CLUSTER_STEPS, OWN_CLUSTER_STEPS } from './permissions';

export interface ClusterAccessProps {
  config: Config;
  /** The site whose cluster is entered. */
  site: SiteName;
}

/**
 * Who may knock at this site's Kubernetes API: the steps that activate it, and those of the other site that must
 * look at it, fence it and undo that. Each comes in a group of its own; what a group may do is said by the RBAC
 * objects of `npx lifeboat rbac`. The cluster must take access entries: its authentication mode is `API` or
 * `API_AND_CONFIG_MAP`.
 */
export class ClusterAccess extends Construct {
  constructor(scope: Construct, id: string, { config, site }: ClusterAccessProps) {
    super(scope, id);
    for (const step of OWN_CLUSTER_STEPS) this.admit(config, site, site, step);
    for (const step of OTHER_CLUSTER_STEPS) this.admit(config, site, otherSite(site), step);
  }

  private admit(config: Config, site: SiteName, from: SiteName, step: FunctionName): void {
    new CfnAccessEntry(this, `${from}-${step}`, {
      clusterName: config.sites[site].cluster,
      principalArn: Arn.format(
        {
          service: 'iam',
          region: '',
          resource: 'role',
          resourceName: stepRoleName(config, from, step),
          arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
        },
        Stack.of(this),
      ),
      kubernetesGroups: [stepGroup(step)],
      type: 'STANDARD',
    });
  }
}
