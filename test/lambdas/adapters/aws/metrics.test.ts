import { Metrics, NAMESPACE } from '../../../../lambdas/adapters/aws/metrics';
import { FakeCloudWatch } from '../../../../rehearsal/embedded/aws/cloudwatch';
import { START, setting } from '../../../rehearsal/aws/setting';

function world() {
  const { clock, log, region, seed, run, failure } = setting();
  const cloudWatch = new FakeCloudWatch({ clock, log, region, seed, emit: () => undefined });
  return { clock, log, run, failure, cloudWatch, metrics: new Metrics(cloudWatch, clock) };
}

describe('metrics', () => {
  test('are put under their names and dimensions, with the time at which they are put, in one call', async () => {
    const { run, log, cloudWatch, metrics } = world();
    const dimensions = { Configuration: 'levlabs', App: 'sample-app' };
    await run(
      metrics.put([
        { name: 'RecoveryTime', value: 312.5, unit: 'Seconds', dimensions },
        { name: 'Runs', value: 1, unit: 'Count', dimensions: {} },
      ]),
    );
    const id = { namespace: NAMESPACE, name: 'RecoveryTime', dimensions };
    expect(cloudWatch.metrics.values(id)).toEqual([{ at: START, value: 312.5 }]);
    expect(cloudWatch.metrics.values({ namespace: NAMESPACE, name: 'Runs', dimensions: {} })).toHaveLength(1);
    expect(log.calls).toHaveLength(1);
  });

  test('that are none cost no call', async () => {
    const { run, log, metrics } = world();
    await run(metrics.put([]));
    expect(log.calls).toEqual([]);
  });

  test('are AwsUnavailable when CloudWatch is silent, after three seconds', async () => {
    const { failure, cloudWatch, metrics, clock } = world();
    cloudWatch.endpoint.state = 'hang';
    const error = await failure(metrics.put([{ name: 'Runs', value: 1, unit: 'Count', dimensions: {} }]));
    expect(error.name).toBe('AwsUnavailable');
    expect(clock.now() - START).toBe(3_000);
  });
});
