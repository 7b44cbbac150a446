import type { Stack } from 'aws-cdk-lib';
import type { Config, SiteName } from '../core/config';
import type { FunctionName } from '../core/phases';

// Names that people and the other Region must know without asking anybody. Everything else CloudFormation names.

/** People look for it in the console at 03:00, and messages name it. */
export function stateMachineName(config: Config): string {
  return `lifeboat-${config.name}`;
}

/**
 * Roles of the Lambdas that reach into clusters. IAM is global: the same role is named in the access entries of both
 * clusters, each by the stack of its own Region, which must not ask the other one.
 */
export function stepRoleName(config: Config, site: SiteName, step: FunctionName): string {
  return `lifeboat-${config.name}-${site}-${step}`;
}

/** The Kubernetes group of a step, for RBAC. */
export function stepGroup(step: FunctionName): string {
  return `lifeboat:${step}`;
}

export function stackName(config: Config, which: SiteName | 'global'): string {
  return `${config.name}-${which}`;
}

/**
 * Alarms of a site's health checks begin with this, so that the other Region's rule can tell them. No name can hold the
 * separator, so no configuration's prefix is the beginning of another's.
 */
export function alarmPrefix(config: Config, site: SiteName): string {
  return `lifeboat/${config.name}/${site}/`;
}

/**
 * The bucket of the switch in a site's Region. Bucket names are one space for all accounts, so the account is in it;
 * health checks of the global stack know it without asking the Region.
 */
export function switchBucketName(stack: Stack, config: Config, site: SiteName): string {
  return `lifeboat-${config.name}-${site}-${stack.account}`;
}

/** What a site's stack says about itself. */
export const OUTPUTS = {
  stateMachine: 'StateMachineArn',
  topic: 'TopicArn',
  ledger: 'LedgerTable',
  /** Of the global stack: `app=health check,app=health check`. */
  mainChecks: 'MainChecks',
} as const;

/** @param text as the output `MainChecks` has it */
export function checksByApp(text: string): Map<string, string> {
  const pairs = text.split(',').filter(Boolean);
  return new Map(pairs.map(pair => pair.split('=', 2) as [string, string]));
}
