import { eksToken } from '../../../../lambdas/adapters/aws/eks-token';
import type { TestbedAws } from '../../../../rehearsal/testbed/aws/aws';
import type { TokenReviewStatus } from '../../../../rehearsal/testbed/aws/token-webhook/token-webhook';
import { createStack, DR, describeWithMiniStack, startAws } from './ministack';
import { role } from './templates';

jest.setTimeout(30_000);

describeWithMiniStack('The token webhook', python => {
  let aws: TestbedAws;
  let stop: () => Promise<void>;
  let webhook = '';

  beforeAll(async () => {
    ({ aws, stop } = await startAws(python));
    const cluster = {
      region: DR,
      endpoint: 'https://10.201.0.12:6443',
      certificateAuthority: 'PEM',
      version: '1.35',
    };
    await aws.setCluster({ ...cluster, name: 'standby' });
    await aws.setCluster({ ...cluster, name: 'another' });
    await createStack(aws, DR, 'access', {
      Scale: { ...role('lambda.amazonaws.com'), ...named('scale') },
      Stranger: { ...role('lambda.amazonaws.com'), ...named('stranger') },
      Entry: {
        Type: 'AWS::EKS::AccessEntry',
        Properties: {
          ClusterName: 'standby',
          PrincipalArn: 'arn:aws:iam::000000000000:role/scale',
          KubernetesGroups: ['lifeboat:scale'],
        },
      },
    });
    const config = JSON.parse(aws.tokenWebhookConfig(DR, 'standby')) as {
      clusters: { cluster: { server: string } }[];
    };
    webhook = config.clusters[0]?.cluster.server ?? '';
  });
  afterAll(() => stop());

  const named = (RoleName: string) => {
    const { Properties } = role('lambda.amazonaws.com') as { Properties: object };
    return { Properties: { ...Properties, RoleName } };
  };

  const session = (name: string) =>
    aws.emulator.control.call<{ accessKeyId: string; secretAccessKey: string; sessionToken: string }>(
      'assume-service-role',
      { role: `arn:aws:iam::000000000000:role/${name}`, service: 'lambda.amazonaws.com', session: 'night' },
    );

  const tokenOf = async (name: string, cluster = 'standby', change = {}) => {
    const credentials = { ...(await session(name)), ...change };
    return eksToken(async () => credentials, DR, cluster, Date.now());
  };

  const review = async (token: string) => {
    const body = JSON.stringify({
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      spec: { token },
    });
    const response = await fetch(webhook, { method: 'POST', body });
    const answer = (await response.json()) as { apiVersion: string; kind: string; status: TokenReviewStatus };
    expect(answer).toMatchObject({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview' });
    return answer.status;
  };

  test('knows the role of a token by the access entry of the cluster', async () => {
    expect(await review(await tokenOf('scale'))).toMatchObject({
      authenticated: true,
      user: {
        username: 'arn:aws:sts::000000000000:assumed-role/scale/night',
        groups: ['lifeboat:scale'],
        extra: { canonicalArn: ['arn:aws:iam::000000000000:role/scale'] },
      },
    });
  });

  test.each([
    ['for another cluster', () => tokenOf('scale', 'another'), /SignatureDoesNotMatch/],
    [
      'signed with a wrong secret',
      () => tokenOf('scale', 'standby', { secretAccessKey: 'no' }),
      /SignatureDoesNotMatch/,
    ],
    [
      'with a wrong session token',
      () => tokenOf('scale', 'standby', { sessionToken: 'no' }),
      /InvalidToken|InvalidClientTokenId/,
    ],
    ['of a role without an entry', () => tokenOf('stranger'), /has no access entry in standby/],
    ['that is none', async () => 'k8s-aws-v1.abc', /holds no URL/],
  ])('refuses a token %s', async (_, token, reason) => {
    const status = await review(await token());
    expect(status).toMatchObject({ authenticated: false });
    expect(status.error).toMatch(reason);
  });
});
