import { Match } from 'aws-cdk-lib/assertions';
import { exampleApp, exampleConfig } from './example';
import { synthesized, written } from './synthesized';

/** Neither site is in us-east-1, so that both directions cross Regions. */
const abroad = exampleConfig([exampleApp('shop')], {
  sites: {
    primary: { region: 'eu-west-1', cluster: 'levlabs-primary' },
    dr: { region: 'eu-central-1', cluster: 'levlabs-dr' },
  },
});
const { global, dr, primary } = synthesized(abroad);

/** Where the rule that hears of this site's alarms sends them. */
function forwarded(template: typeof global, site: string) {
  const rules = Object.values(template.findResources('AWS::Events::Rule'));
  return rules
    .filter(({ Properties }) => JSON.stringify(Properties.EventPattern).includes(`lifeboat/levlabs/${site}/`))
    .flatMap(({ Properties }) => Properties.Targets.map(({ Arn }: { Arn: unknown }) => written(Arn)));
}

it("sends a site's alarm to the Region of the other one", () => {
  expect(forwarded(global, 'primary')).toEqual([expect.stringContaining(':events:eu-central-1:')]);
  expect(forwarded(global, 'dr')).toEqual([expect.stringContaining(':events:eu-west-1:')]);
});

it('forwards nothing to where the alarm is: a bus that is its own target would be a loop', () => {
  // Here the primary is in us-east-1, and hears of alarms of dr by itself.
  const home = synthesized(exampleConfig()).global;
  expect(forwarded(home, 'dr')).toEqual([]);
  expect(forwarded(home, 'primary')).toEqual([expect.stringContaining(':events:us-east-2:')]);
});

it('puts what could not be forwarded into the dead-letter queue', () => {
  for (const { Properties } of Object.values(global.findResources('AWS::Events::Rule'))) {
    expect(Properties.Targets[0].DeadLetterConfig).toBeDefined();
  }
});

it('looks every 10 s, with SNI, three times before it says so', () => {
  global.hasResourceProperties('AWS::Route53::HealthCheck', {
    HealthCheckConfig: {
      Type: 'HTTPS',
      FullyQualifiedDomainName: 'shop-primary.levlabs.link',
      ResourcePath: '/healthz',
      EnableSNI: true,
      RequestInterval: 10,
      FailureThreshold: 3,
      SearchString: Match.absent(),
    },
  });
});

it('does not take silence of the metric for an outage', () => {
  const alarms = global.findResources('AWS::CloudWatch::Alarm', {
    Properties: { Namespace: 'AWS/Route53', MetricName: 'HealthCheckStatus' },
  });
  expect(Object.values(alarms).map(({ Properties }) => Properties.TreatMissingData)).toEqual([
    'missing',
    'missing',
  ]);
});

describe('the rule that starts a run', () => {
  it.each([
    ['dr', dr, 'primary'],
    ['primary', primary, 'dr'],
  ] as const)('of %s answers to alarms of the other site only', (_site, template, other) => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.cloudwatch'],
        detail: { alarmName: [{ prefix: `lifeboat/levlabs/${other}/` }], state: { value: ['ALARM'] } },
      },
      Targets: [
        Match.objectLike({
          DeadLetterConfig: Match.anyValue(),
          InputTransformer: {
            InputTemplate: '{"alarm":{"name":<detail-alarmName>,"at":<time>}}',
          },
        }),
      ],
    });
  });
});

it('hears of a crashed run by the exact ARN of the machine: children of the map have another', () => {
  dr.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.states'],
      detail: {
        stateMachineArn: [{ Ref: Match.stringLikeRegexp('ActivationMachine') }],
        status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
      },
    },
  });
});
