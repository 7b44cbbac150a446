import {
  type Change,
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { FakeRoute53, type Route53Options } from '../../../rehearsal/embedded/aws/route53';
import { setting } from './setting';

export const ZONE = 'Z0123456789ABCDEFGHIJ';

/** A CNAME as main is one. */
export function cname(name: string, value: string, more: Partial<ResourceRecordSet> = {}): ResourceRecordSet {
  return { Name: name, Type: 'CNAME', TTL: 10, ResourceRecords: [{ Value: value }], ...more };
}

export function world(options: Partial<Route53Options> = {}) {
  const { clock, log, seed, run, failure } = setting();
  const route53 = new FakeRoute53({ clock, log, seed, requestsPerSecond: 1000, ...options });
  const zone = route53.addZone(ZONE, 'levlabs.link');
  zone.seed(cname('main.levlabs.link', 'primary.levlabs.link'));
  const change = (...Changes: Change[]) =>
    route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: ZONE, ChangeBatch: { Changes } }));
  const list = (input: object = {}) =>
    run(route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: ZONE, ...input })));
  const target = (server: string) => {
    const answer = zone.ask(server, 'main.levlabs.link', 'CNAME');
    return answer?.kind === 'records' ? answer.records[0]?.value : answer?.kind;
  };
  return { clock, log, run, failure, route53, zone, change, list, target };
}

/** The two changes of a flip. */
export const drop: Change = {
  Action: 'DELETE',
  ResourceRecordSet: cname('main.levlabs.link', 'primary.levlabs.link'),
};
export const make: Change = {
  Action: 'CREATE',
  ResourceRecordSet: cname('main.levlabs.link', 'dr.levlabs.link'),
};
