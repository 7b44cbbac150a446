import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import cdk from '../../cdk.json';
import { addLifeboat } from '../../lib/stacks';
import { exampleApp, exampleConfig } from './example';
import { synthesized } from './synthesized';

const templates = synthesized(exampleConfig([exampleApp('shop'), exampleApp('blog', { after: ['shop'] })]));

describe.each(['standby-switch', 'cname'] as const)('with the switch %s', name => {
  const config = exampleConfig([exampleApp('shop')], { switch: name });

  it.each(Object.entries(synthesized(config)))(
    '%s refers to no other stack: each can be deployed while the others are gone',
    (_, template) => {
      const text = JSON.stringify(template.toJSON());
      // Exports, parameters, and the custom resources by which the CDK reads over Regions.
      for (const word of ['Fn::ImportValue', '"Export"', '{{resolve:', 'Custom::', 'Fn::GetStackOutput'])
        expect(text).not.toContain(word);
    },
  );

  it('waits for no other stack: the CDK deploys what a stack depends on first', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'lifeboat-test-'));
    try {
      const app = new App({ outdir, context: cdk.context, analyticsReporting: false });
      addLifeboat(app, config);
      const { stacks } = app.synth();
      expect(stacks).toHaveLength(3);
      for (const stack of stacks) {
        const before = stack.dependencies.filter(
          ({ manifest }) => manifest.type === 'aws:cloudformation:stack',
        );
        expect(before).toEqual([]);
      }
    } finally {
      rmSync(outdir, { recursive: true, force: true });
    }
  });

  it('publishes the code of a Region in that Region only', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'lifeboat-test-'));
    try {
      const app = new App({ outdir, context: cdk.context, analyticsReporting: false });
      addLifeboat(app, config);
      app.synth();
      const text = readFileSync(join(outdir, 'levlabs-dr.assets.json'), 'utf8');
      expect(text).toContain('us-east-2');
      expect(text).not.toContain('us-east-1');
    } finally {
      rmSync(outdir, { recursive: true, force: true });
    }
  });
});

it.each(['primary', 'dr'] as const)(
  'tells the CLI of %s where the workflow, the topic and the ledger are',
  site => {
    expect(Object.keys(templates[site].toJSON().Outputs).sort()).toEqual([
      'LedgerTable',
      'StateMachineArn',
      'TopicArn',
    ]);
  },
);

it('gives the workflow the same name in both Regions', () => {
  for (const site of ['primary', 'dr'] as const) {
    templates[site].hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineName: 'lifeboat-levlabs',
    });
  }
});

it('keeps the ledger when the stack goes: it says what happened', () => {
  templates.dr.hasResource('AWS::DynamoDB::Table', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    },
  });
});

describe('the global stack', () => {
  it('has a health check and an alarm for each app on each site, and none for apps that only people move', () => {
    const { global } = synthesized(
      exampleConfig([exampleApp('shop'), exampleApp('blog', { trigger: 'manual' })]),
    );
    const names = Object.values(global.findResources('AWS::CloudWatch::Alarm')).map(
      ({ Properties }) => Properties.AlarmName as string | undefined,
    );
    expect(names.filter(name => name !== undefined).sort()).toEqual([
      'lifeboat/levlabs/dr/shop',
      'lifeboat/levlabs/primary/shop',
    ]);
    global.resourceCountIs('AWS::Route53::HealthCheck', 2);
  });

  it('tells on-call of an alarm that could not be forwarded: no run will', () => {
    templates.global.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      AlarmActions: [{ Ref: Match.stringLikeRegexp('OnCallTopic') }],
    });
  });
});

describe('the access entries of a cluster', () => {
  const entries = (site: 'primary' | 'dr') =>
    Object.values(templates[site].findResources('AWS::EKS::AccessEntry')).map(({ Properties }) => ({
      cluster: Properties.ClusterName as string,
      role: JSON.stringify(Properties.PrincipalArn).match(/role\/([\w-]+)/)?.[1],
      groups: Properties.KubernetesGroups as string[],
    }));

  it('let in the steps that activate the site, and those of the other site that look, fence and undo', () => {
    expect(
      entries('dr')
        .map(({ role }) => role)
        .sort(),
    ).toEqual([
      'lifeboat-levlabs-dr-backup',
      'lifeboat-levlabs-dr-cleanup',
      'lifeboat-levlabs-dr-drill',
      'lifeboat-levlabs-dr-preflight',
      'lifeboat-levlabs-dr-restore',
      'lifeboat-levlabs-dr-rollback',
      'lifeboat-levlabs-dr-scale',
      'lifeboat-levlabs-primary-assess',
      'lifeboat-levlabs-primary-backup',
      'lifeboat-levlabs-primary-fence',
      'lifeboat-levlabs-primary-guard',
      'lifeboat-levlabs-primary-preflight',
      'lifeboat-levlabs-primary-rollback',
    ]);
  });

  it('name the cluster of their own Region, and one group for each step', () => {
    for (const { cluster, role, groups } of entries('primary')) {
      expect(cluster).toBe('levlabs-primary');
      expect(groups).toEqual([`lifeboat:${role?.split('-').at(-1)}`]);
    }
  });

  it('are for roles that the global stack makes', () => {
    const made = Object.values(templates.global.findResources('AWS::IAM::Role')).map(
      ({ Properties }) => Properties.RoleName as string,
    );
    for (const { role } of [...entries('primary'), ...entries('dr')]) expect(made).toContain(role);
  });
});
