import { App, Stack } from 'aws-cdk-lib';
import type { SiteName } from '../../core/config';
import type { StepName } from '../../core/phases';
import { switchBucketName } from '../../lib/names';
import { exampleApp, exampleConfig } from './example';
import { actionsOf, type Statement, statementsOf, synthesized, written } from './synthesized';

const templates = synthesized(
  exampleConfig([exampleApp('shop'), exampleApp('blog')], { switch: 'standby-switch' }),
);

function bucketOf(site: SiteName) {
  const [bucket] = Object.values(templates[site].findResources('AWS::S3::Bucket'));
  if (!bucket) throw new Error(`${site} has no bucket`);
  return bucket;
}

/** The last part of each resource: of an object its key. */
function keysOf(statements: readonly Statement[], action: string): string[] {
  return statements
    .filter(({ Action }) => [Action].flat().includes(action))
    .flatMap(({ Resource }) => [Resource].flat().map(written))
    .map(arn => /lifeboat-levlabs-(\w+)-.*?(\/.*)?$/.exec(arn)?.slice(1).join('') ?? arn)
    .sort();
}

describe.each<SiteName>(['primary', 'dr'])('the bucket of %s', site => {
  const policy = Object.values(templates[site].findResources('AWS::S3::BucketPolicy')).flatMap(
    ({ Properties }) =>
      Properties.PolicyDocument.Statement as (Statement & { Effect: string; Principal: unknown })[],
  );

  it('has a name that the global stack knows, and stays when the stack goes', () => {
    expect(written(bucketOf(site).Properties.BucketName)).toMatch(
      new RegExp(`lifeboat-levlabs-${site}-.*AWS::AccountId`),
    );
    expect(bucketOf(site)).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  it('shows everybody single objects, and lets nobody list, write, or come without TLS', () => {
    const allowed = policy.filter(({ Effect }) => Effect === 'Allow');
    expect(allowed.map(({ Action, Principal }) => [Action, Principal])).toEqual([
      ['s3:GetObject', { AWS: '*' }],
    ]);
    const signals = site === 'dr' ? ['at-dr'] : ['at-dr', 'at-primary'];
    const keys = [allowed[0]?.Resource].flat().map(arn => written(arn).split(',').at(-1));
    expect(keys.sort()).toEqual(
      ['shop', 'blog'].flatMap(app => signals.map(signal => `/${app}.levlabs.link/${signal}`)).sort(),
    );
    expect(policy).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    );
  });

  it('takes no access lists, so that no object is public by itself', () => {
    expect(bucketOf(site).Properties).toMatchObject({
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        IgnorePublicAcls: true,
        BlockPublicPolicy: false,
        RestrictPublicBuckets: false,
      },
    });
  });
});

describe('the rights on signals', () => {
  const both = (keys: string[]) =>
    ['shop', 'blog'].flatMap(app => keys.map(key => key.replace('/', `/${app}.levlabs.link/`))).sort();

  it.each<[StepName, SiteName, string[], string[]]>([
    ['flip', 'dr', ['dr/at-dr'], ['primary/at-primary']],
    ['flip', 'primary', ['primary/at-primary'], ['primary/at-dr', 'dr/at-dr']],
    ['rollback', 'dr', [], ['dr/at-dr']],
    ['rollback', 'primary', ['primary/at-dr'], ['primary/at-primary']],
    ['preflight', 'dr', [], ['dr/at-dr']],
    ['preflight', 'primary', ['primary/at-dr'], ['primary/at-dr', 'primary/at-primary']],
  ])('of %s, activating %s: writes %j, removes %j', (step, site, puts, removes) => {
    const statements = statementsOf(templates[site], `FailoverSteps${step}Policy`);
    expect(keysOf(statements, 's3:PutObject')).toEqual(both(puts));
    expect(keysOf(statements, 's3:DeleteObject')).toEqual(both(removes));
    expect(keysOf(statements, 's3:ListBucket')).toEqual([site]);
  });

  it.each<StepName>([
    'admit',
    'assess',
    'tell',
    'turn',
    'fence',
    'restore',
    'scale',
    'verify',
    'confirm',
    'close',
    'report',
  ])('are none for %s', step => {
    const actions = actionsOf(statementsOf(templates.dr, `FailoverSteps${step}Policy`));
    expect(actions.filter(action => action.startsWith('s3:'))).toEqual([]);
  });

  it('come without any right in Route 53: its control plane is not asked', () => {
    for (const site of ['primary', 'dr'] as const) {
      const actions = actionsOf(statementsOf(templates[site], 'FailoverSteps'));
      expect(actions.filter(action => action.startsWith('route53:'))).toEqual([]);
    }
  });
});

it('has room for the longest name that a configuration may have', () => {
  const stack = new Stack(new App(), 'Any', { env: { account: '111122223333', region: 'us-east-1' } });
  const name = switchBucketName(stack, exampleConfig([], { name: 'a'.repeat(32) }), 'primary');
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
  expect(name).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
});

it('tells every step both buckets', () => {
  const functions = Object.values(templates.dr.findResources('AWS::Lambda::Function'));
  for (const { Properties } of functions) {
    expect(written(Properties.Environment.Variables.LIFEBOAT_SWITCH_BUCKETS)).toMatch(
      /lifeboat-levlabs-primary-.*,.*lifeboat-levlabs-dr-/,
    );
  }
});
