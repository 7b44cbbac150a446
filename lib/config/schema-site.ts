/** Where things are: the hosted zone, and the two sites. */
import type { z } from 'zod';
import { list, map } from './fields';
import { clusterName, ec2Id, hostName, regionName, roleArn, zoneId } from './names';

const ZONE_HINT = 'write it like { id: Z0123456789ABCDEFGHIJ, name: example.com }';

export const zone = map('a hosted zone', ZONE_HINT, {
  id: zoneId.describe('The id of the Route 53 hosted zone.'),
  name: hostName('a zone name', 'example.com').describe('The domain of the zone.'),
  role: roleArn.optional().describe('The ARN of a role to assume, for a zone that lives in another account.'),
}).describe('A Route 53 public hosted zone.');

const network = map(
  'a network',
  'write it like { vpc: vpc-…, subnets: [subnet-…], securityGroups: [sg-…] }',
  {
    vpc: ec2Id('a VPC id', 'vpc').describe('The VPC of the cluster.'),
    subnets: list('a list', 'write at least one subnet id', ec2Id('a subnet id', 'subnet'), 1).describe(
      'Private subnets with a way out to the AWS services.',
    ),
    securityGroups: list(
      'a list',
      'write at least one security group id',
      ec2Id('a security group id', 'sg'),
      1,
    ).describe("Security groups that the cluster's endpoint lets in."),
  },
).describe('For a cluster with a private endpoint: where the Lambdas must stand to reach it.');

const SITE_HINT = 'write it like { region: us-east-1, cluster: levlabs-primary }';

function site(which: string) {
  return map('a site', SITE_HINT, {
    region: regionName.describe('The AWS Region of the cluster.'),
    cluster: clusterName.describe('The name of the EKS cluster in that Region.'),
    network: network.optional(),
  }).describe(which);
}

export const sites = map('a map', 'write the two sites, primary and dr', {
  primary: site('Where the apps run in peace.'),
  dr: site('Where they go when the primary is lost. In another Region.'),
}).describe('The two sites: in each, one Region and the EKS cluster in it.');

export type RawZone = z.output<typeof zone>;
export type RawSite = z.output<typeof sites>['primary'];
