import { Match } from 'aws-cdk-lib/assertions';
import { FUNCTIONS } from '../../core/phases';
import { exampleApp, exampleConfig } from './example';
import { actionsOf, statementsOf, synthesized } from './synthesized';

const config = exampleConfig();
const network = {
  vpc: 'vpc-0123456789abcdef0',
  subnets: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
  securityGroups: ['sg-0123456789abcdef0'],
};
const templates = synthesized({
  ...config,
  sites: { ...config.sites, dr: { ...config.sites.dr, network } },
});

interface Lambda {
  Runtime: string;
  Timeout: number;
  Environment: { Variables: Record<string, unknown> };
  VpcConfig?: unknown;
}

function lambdas(site: 'primary' | 'dr'): Lambda[] {
  return Object.values(templates[site].findResources('AWS::Lambda::Function')).map(
    ({ Properties }) => Properties as Lambda,
  );
}

it('makes one function a step and a watcher, which knows its site, its ledger and whom to tell', () => {
  const steps = lambdas('dr').map(({ Environment }) => Environment.Variables.LIFEBOAT_STEP);
  expect(steps.sort()).toEqual([...FUNCTIONS].sort());
  for (const { Environment } of lambdas('dr')) {
    expect(Environment.Variables).toMatchObject({
      LIFEBOAT_SITE: 'dr',
      LIFEBOAT_TABLE: { Ref: expect.stringContaining('Ledger') },
      LIFEBOAT_TOPIC_ARNS: { Ref: expect.stringContaining('OnCall') },
    });
  }
});

it('lets Lambda end a step before the workflow does, so that its own error is seen', () => {
  const definition = JSON.stringify(
    Object.values(templates.dr.findResources('AWS::StepFunctions::StateMachine')),
  );
  const timeouts = [...definition.matchAll(/\\"TimeoutSeconds\\":(\d+)/g)].map(([, seconds]) =>
    Number(seconds),
  );
  const shortest = Math.min(...timeouts);
  const steps = lambdas('dr').filter(({ Environment }) => Environment.Variables.LIFEBOAT_STEP !== 'guard');
  for (const { Timeout } of steps) expect(Timeout).toBeLessThan(shortest);
});

it.each([
  [1, 256],
  [10, 256],
  [11, 512],
  [100, 1769],
])('gives the guard of %i apps %i MB, since handshakes take a processor', (count, memory) => {
  const apps = Array.from({ length: count }, (_, index) => exampleApp(`app-${index}`));
  const { dr } = synthesized(exampleConfig(apps));
  dr.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ LIFEBOAT_STEP: 'guard' }) },
    MemorySize: memory,
    Timeout: 150,
  });
});

it('tells those who start the workflow which one, and nobody else', () => {
  const told = lambdas('dr').filter(
    ({ Environment }) => Environment.Variables.LIFEBOAT_MACHINE_ARN !== undefined,
  );
  const names = told.map(({ Environment }) => Environment.Variables.LIFEBOAT_STEP);
  expect(names.sort()).toEqual(['guard', 'start']);
});

describe('a cluster with a private endpoint', () => {
  it('has its steps in the VPC', () => {
    for (const { VpcConfig } of lambdas('dr')) {
      expect(VpcConfig).toEqual({
        SubnetIds: network.subnets,
        SecurityGroupIds: network.securityGroups,
      });
    }
  });

  it.each(['assess', 'admit'])('lets Lambda put %s there, and gives no role a managed policy', step => {
    const actions = actionsOf(statementsOf(templates.dr, `FailoverSteps${step}Policy`));
    expect(actions).toEqual(
      expect.arrayContaining([
        'ec2:CreateNetworkInterface',
        'ec2:DeleteNetworkInterface',
        'ec2:DescribeSubnets',
      ]),
    );
    for (const template of Object.values(templates)) {
      for (const { Properties } of Object.values(template.findResources('AWS::IAM::Role'))) {
        expect(Properties.ManagedPolicyArns).toBeUndefined();
      }
    }
  });
});

it('stands outside of any VPC where the endpoint is public', () => {
  for (const { VpcConfig } of lambdas('primary')) expect(VpcConfig).toBeUndefined();
  expect(actionsOf(statementsOf(templates.primary, 'FailoverStepsassessPolicy'))).not.toContain(
    'ec2:CreateNetworkInterface',
  );
});

it('writes the logs of each step into a group that is not kept for ever', () => {
  for (const { Properties } of Object.values(templates.dr.findResources('AWS::Logs::LogGroup'))) {
    expect(Properties.RetentionInDays).toBe(90);
  }
});
