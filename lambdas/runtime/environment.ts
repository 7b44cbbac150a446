import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, SITE_NAMES, type SiteName } from '../../core/config';
import { LifeboatError } from '../../core/errors';

/** What a step is told by its deployment. Read once, at the start of the Lambda; wrong values stop it there. */
export interface Environment {
  config: Config;
  /** The site that this stack activates; its Region is where the step runs. */
  site: SiteName;
  region: string;
  table: string;
  topicArns: string[];
  /** The workflow; known to those who start it. */
  machineArn?: string;
  /** The buckets of the switch `standby-switch`; no other has any. */
  switchBuckets?: Record<SiteName, string>;
}

/** The deployment is broken: a variable or the configuration beside the code is missing. */
export class BrokenDeployment extends LifeboatError {
  override name = 'BrokenDeployment';
}

/**
 * @param variables `process.env`
 * @param codeFolder where `lifeboat.json`, the resolved configuration, lies beside the bundle
 * @throws BrokenDeployment
 */
export function readEnvironment(
  variables: Record<string, string | undefined>,
  codeFolder: string,
): Environment {
  const site = needed(variables, 'LIFEBOAT_SITE');
  const machineArn = variables.LIFEBOAT_MACHINE_ARN;
  if (!SITE_NAMES.includes(site as SiteName)) {
    throw new BrokenDeployment(
      `LIFEBOAT_SITE is "${site}"; expected is ${SITE_NAMES.join(' or ')}. Deploy the stack again.`,
    );
  }
  const config = readConfig(join(codeFolder, 'lifeboat.json'));
  return {
    config,
    site: site as SiteName,
    region: needed(variables, 'AWS_REGION'),
    table: needed(variables, 'LIFEBOAT_TABLE'),
    topicArns: needed(variables, 'LIFEBOAT_TOPIC_ARNS').split(','),
    ...(machineArn ? { machineArn } : {}),
    ...(config.switch === 'standby-switch'
      ? { switchBuckets: bucketsOf(needed(variables, 'LIFEBOAT_SWITCH_BUCKETS')) }
      : {}),
  };
}

function readConfig(file: string): Config {
  try {
    // Validated when the stack was synthesized; it cannot have changed since.
    return JSON.parse(readFileSync(file, 'utf8')) as Config;
  } catch (error) {
    throw new BrokenDeployment(
      `${file} cannot be read: ${error instanceof Error ? error.message : error}. Deploy the stack again.`,
    );
  }
}

/** @param text as the stack writes it: primary's, a comma, dr's */
export function bucketsOf(text: string): Record<SiteName, string> {
  const [primary, dr] = text.split(',');
  if (!primary || !dr)
    throw new BrokenDeployment(
      `LIFEBOAT_SWITCH_BUCKETS is "${text}"; expected are the names of two buckets. Deploy the stack again.`,
    );
  return { primary, dr };
}

function needed(variables: Record<string, string | undefined>, name: string): string {
  const value = variables[name];
  if (!value) throw new BrokenDeployment(`The variable ${name} is not set. Deploy the stack again.`);
  return value;
}
