import { FakeCloudWatch } from '../../../rehearsal/embedded/aws/cloudwatch';
import { FakeEventBridge } from '../../../rehearsal/embedded/aws/eventbridge';
import { HealthCheckers } from '../../../rehearsal/embedded/aws/health-checkers';
import { probeThrough } from '../../../rehearsal/embedded/network/health-probe';
import { world } from './world';

const machine = 'arn:aws:states:us-east-2:111122223333:stateMachine:levlabs';

/** Health check → metric and alarm in us-east-1 → rule → bus of the other Region → state machine. */
function detecting() {
  const { clock, log, seed, internet } = world();
  const started: { at: number; input: unknown }[] = [];
  const bridge = new FakeEventBridge({
    clock,
    seed,
    targets: { stateMachine: ({ at, input }) => void started.push({ at, input: JSON.parse(input) }) },
  });
  const cloudwatch = new FakeCloudWatch({
    clock,
    log,
    seed,
    region: 'us-east-1',
    emit: event => bridge.put('us-east-1', event),
  });
  const checkers = new HealthCheckers({
    clock,
    seed,
    probe: probeThrough(internet, seed),
    isLost: region => internet.regionState(region) === 'lost',
  });
  checkers.add('hc', {
    Type: 'HTTPS',
    FullyQualifiedDomainName: 'primary.levlabs.link',
    RequestInterval: 10,
  });
  cloudwatch.receiveHealthChecks(checkers);
  cloudwatch.addAlarm('primary-down', {
    Namespace: 'AWS/Route53',
    MetricName: 'HealthCheckStatus',
    Dimensions: [{ Name: 'HealthCheckId', Value: 'hc' }],
    Statistic: 'Minimum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
  });
  const bus = 'arn:aws:events:us-east-2:111122223333:event-bus/default';
  const onAlarm = { source: ['aws.cloudwatch'], detail: { state: { value: ['ALARM'] } } };
  bridge.addRule('us-east-1', { EventPattern: onAlarm, Targets: [{ Id: 'Bus', Arn: bus }] });
  const template = '{"app":"sample-app","reason":<reason>}';
  const transformer = { InputPathsMap: { reason: '$.detail.state.reason' }, InputTemplate: template };
  bridge.addRule('us-east-2', {
    EventPattern: onAlarm,
    Targets: [{ Id: 'Machine', Arn: machine, InputTransformer: transformer }],
  });
  return { clock, internet, bridge, cloudwatch, checkers, started };
}

test('an outage of the site starts the state machine in the other Region within minutes', async () => {
  const { clock, internet, started } = detecting();
  await clock.advance(600_000);
  internet.hosts.clear();
  const failed = clock.now();
  await clock.advance(600_000);
  expect(started).toHaveLength(1);
  expect(started[0]?.input).toEqual({
    app: 'sample-app',
    reason: expect.stringContaining('Threshold Crossed'),
  });
  const took = (started[0]?.at ?? 0) - failed;
  expect(took).toBeGreaterThan(30_000);
  expect(took).toBeLessThan(240_000);
});

test('when us-east-1 itself is lost, Route 53 knows and nobody is told', async () => {
  const { clock, internet, bridge, cloudwatch, checkers, started } = detecting();
  await clock.advance(600_000);
  internet.setRegion('us-east-1', 'lost');
  bridge.setRegion('us-east-1', 'lost');
  cloudwatch.endpoint.state = 'hang';
  await clock.advance(600_000);
  expect(checkers.isHealthy('hc')).toBe(false);
  expect(started).toEqual([]);
});
