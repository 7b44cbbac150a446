import type { App } from '../../core/config';
import { exampleApp, exampleConfig } from './example';
import { synthesized, written } from './synthesized';

function worker(name: string): App {
  const { endpoint: _none, ...rest } = exampleApp(name);
  return rest;
}

const { global } = synthesized(
  exampleConfig([exampleApp('shop', { trigger: 'manual' }), worker('mailer')], { switch: 'standby-switch' }),
);

interface RecordSet {
  Name: string;
  Type: string;
  TTL: string;
  SetIdentifier: string;
  Failover: string;
  ResourceRecords: string[];
  HealthCheckId?: { 'Fn::GetAtt': [string, string] };
}

const groups = Object.entries(global.findResources('AWS::Route53::RecordSetGroup'));
const checks = global.findResources('AWS::Route53::HealthCheck');

function configOf(id: string | undefined): Record<string, unknown> {
  const found = checks[id ?? ''];
  if (!found) throw new Error(`there is no health check ${id}`);
  return found.Properties.HealthCheckConfig as Record<string, unknown>;
}

it('makes one pair for each app with a main name, in one change batch', () => {
  expect(groups).toHaveLength(1);
  const [, group] = groups[0] ?? [];
  expect(group?.Properties).toMatchObject({ HostedZoneId: 'Z0123456789ABCDEFGHIJ' });
  const records = group?.Properties.RecordSets as RecordSet[];
  expect(records).toMatchObject([
    {
      Name: 'shop.levlabs.link',
      Type: 'CNAME',
      TTL: '10',
      SetIdentifier: 'primary',
      Failover: 'PRIMARY',
      ResourceRecords: ['shop-primary.levlabs.link'],
    },
    {
      Name: 'shop.levlabs.link',
      Type: 'CNAME',
      TTL: '10',
      SetIdentifier: 'dr',
      Failover: 'SECONDARY',
      ResourceRecords: ['shop-dr.levlabs.link'],
    },
  ]);
  // A secondary without a check is always healthy: main answers whatever happens.
  expect(records[1]?.HealthCheckId).toBeUndefined();
});

it('lets two of three votes keep main at primary', () => {
  const [primary] = groups.flatMap(([, { Properties }]) => Properties.RecordSets as RecordSet[]);
  const calculated = configOf(primary?.HealthCheckId?.['Fn::GetAtt'][0]);
  expect(calculated).toMatchObject({ Type: 'CALCULATED', HealthThreshold: 2 });
  const children = (calculated.ChildHealthChecks as { 'Fn::GetAtt': [string, string] }[]).map(child =>
    configOf(child['Fn::GetAtt'][0]),
  );
  expect(
    children.map(({ FullyQualifiedDomainName, ResourcePath, Inverted }) => [
      written(FullyQualifiedDomainName),
      ResourcePath,
      Inverted,
    ]),
  ).toEqual([
    [
      expect.stringMatching(/lifeboat-levlabs-dr-.*AWS::AccountId.*\.s3\.us-east-2\./),
      '/shop.levlabs.link/at-dr',
      true,
    ],
    [expect.stringMatching(/lifeboat-levlabs-primary-.*\.s3\.us-east-1\./), '/shop.levlabs.link/at-dr', true],
    [
      expect.stringMatching(/lifeboat-levlabs-primary-.*\.s3\.us-east-1\./),
      '/shop.levlabs.link/at-primary',
      false,
    ],
  ]);
  for (const child of children) {
    expect(child).toMatchObject({ Type: 'HTTPS', EnableSNI: true, RequestInterval: 10, FailureThreshold: 1 });
  }
});

it('keeps the records and their checks when the stack goes, or an app is taken out: main must answer', () => {
  const kept = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };
  expect(groups[0]?.[1]).toMatchObject(kept);
  // The app is moved by people alone: these checks are all of the switch.
  expect(Object.keys(checks)).toHaveLength(4);
  for (const check of Object.values(checks)) expect(check).toMatchObject(kept);
});

it('says which check belongs to which app, for who replaces a record by hand', () => {
  const [output] = Object.values(global.findOutputs('MainChecks'));
  expect(written(output?.Value)).toMatch(/shop=,Fn::GetAtt:\w*shopAtPrimary\w*,HealthCheckId$/);
});

it('leaves the records to who writes `records: by-hand`, and makes their checks', () => {
  const app = exampleApp('shop', { trigger: 'manual' });
  if (!app.endpoint) throw new Error('the example has a main name');
  const byHand = { ...app, endpoint: { ...app.endpoint, records: 'by-hand' as const } };
  const { global: other } = synthesized(exampleConfig([byHand], { switch: 'standby-switch' }));
  other.resourceCountIs('AWS::Route53::RecordSetGroup', 0);
  other.resourceCountIs('AWS::Route53::HealthCheck', 4);
});

it('makes nothing of it for the switch cname, whose record somebody has made by hand', () => {
  const { global: other, dr } = synthesized(exampleConfig([exampleApp('shop', { trigger: 'manual' })]));
  other.resourceCountIs('AWS::Route53::RecordSetGroup', 0);
  other.resourceCountIs('AWS::Route53::HealthCheck', 0);
  dr.resourceCountIs('AWS::S3::Bucket', 0);
});
