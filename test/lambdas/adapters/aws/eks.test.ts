import { describeCluster } from '../../../../lambdas/adapters/aws/eks';
import { FakeEks } from '../../../../rehearsal/embedded/aws/eks';
import { START, setting } from '../../../rehearsal/aws/setting';

const NAME = 'levlabs-dr';
const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const cluster = {
  name: NAME,
  endpoint: 'https://ABC.gr7.us-east-2.eks.amazonaws.com',
  certificateAuthority: PEM,
  version: '1.34',
};

function world() {
  const { clock, log, region, run, failure } = setting();
  const eks = new FakeEks({ clock, log, region });
  const describeIt = (name = NAME) => describeCluster(clock, eks, name, region, 2_000);
  return { clock, eks, run, failure, describeIt };
}

describe('where a cluster is', () => {
  test('is its endpoint and its certificate authority as PEM', async () => {
    const { run, eks, describeIt } = world();
    eks.setCluster(cluster);
    expect(await run(describeIt())).toEqual({ endpoint: cluster.endpoint, certificateAuthority: PEM });
  });

  test('is known while the cluster is updated', async () => {
    const { run, eks, describeIt } = world();
    eks.setCluster({ ...cluster, status: 'UPDATING' });
    expect(await run(describeIt())).toMatchObject({ endpoint: cluster.endpoint });
  });

  test('is NotFound for one that is not there, and says where to look', async () => {
    const { failure, describeIt } = world();
    expect(await failure(describeIt())).toMatchObject({
      name: 'NotFound',
      message: `No EKS cluster ${NAME} in us-east-2. Check sites in lifeboat.yaml.`,
    });
  });

  test('is ClusterUnreachable for one that is being made', async () => {
    const { failure, eks, describeIt } = world();
    eks.setCluster({ ...cluster, status: 'CREATING' });
    expect(await failure(describeIt())).toMatchObject({
      name: 'ClusterUnreachable',
      message: expect.stringContaining('CREATING'),
    });
  });

  test.each<[string, string, (eks: FakeEks) => void]>([
    ['Throttled', 'slows down', eks => eks.endpoint.throttle(1)],
    [
      'AwsUnavailable',
      'is silent',
      eks => {
        eks.endpoint.state = 'hang';
      },
    ],
    [
      'AwsUnavailable',
      'refuses connections',
      eks => {
        eks.endpoint.state = 'refuse';
      },
    ],
  ])('is %s when EKS %s, within the deadline of the caller', async (name, _, fault) => {
    const { failure, eks, describeIt, clock } = world();
    eks.setCluster(cluster);
    fault(eks);
    const error = await failure(describeIt());
    expect(error.name).toBe(name);
    expect(error.message).toContain(`EKS DescribeCluster ${NAME} in us-east-2`);
    expect(clock.now() - START).toBeLessThanOrEqual(2_000);
  });
});
