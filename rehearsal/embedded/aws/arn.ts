/** The account that everything in the rehearsal belongs to, unless a fake is told otherwise. */
export const ACCOUNT = '111122223333';

export interface Arn {
  service: string;
  region: string;
  account: string;
  /** What comes after the account: `event-bus/default`, `stateMachine:levlabs-failover`. */
  resource: string;
}

/** @returns undefined when `text` has not the form of an ARN. */
export function parseArn(text: string): Arn | undefined {
  const [prefix, partition, service, region, account, ...rest] = text.split(':');
  if (prefix !== 'arn' || !partition || !service || region === undefined || account === undefined)
    return undefined;
  if (rest.length === 0) return undefined;
  return { service, region, account, resource: rest.join(':') };
}
