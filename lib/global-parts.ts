import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type Config, SITE_NAMES } from '../core/config';
import { Detection } from './detection';
import { stepRoleName } from './names';
import { CLUSTER_STEPS } from './permissions';
import { vpcPolicies } from './step-lambdas';

export interface GlobalPartsProps {
  config: Config;
}

/**
 * What AWS has once for all Regions, with its control plane in us-east-1: health checks, and the roles that both
 * clusters must know. Deployed first; a site stack then needs only the names.
 */
export class GlobalParts extends Construct {
  constructor(scope: Construct, id: string, { config }: GlobalPartsProps) {
    super(scope, id);
    for (const site of SITE_NAMES) {
      for (const step of CLUSTER_STEPS) {
        // Its policy comes from the site's own stack.
        new Role(this, `${site}-${step}`, {
          roleName: stepRoleName(config, site, step),
          assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
          description: `Lifeboat ${config.name}: ${step}, activating ${site}`,
          ...vpcPolicies(config, site),
        });
      }
    }
    new Detection(this, 'Detection', { config });
  }
}
