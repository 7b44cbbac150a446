import type { FakeCloudWatch } from '../aws/cloudwatch';
import type { AlarmProperties } from '../aws/cloudwatch/alarm';
import type { FakeEventBridge, RuleProperties } from '../aws/eventbridge';
import { FakeLimit } from '../aws/fake-limit';
import type { HealthCheckConfig, HealthCheckers } from '../aws/health-checkers';
import type { DeployedStack } from './template';

/**
 * Puts the health checks of the global stack to work, but for those that are at work already. CloudFormation spells
 * their properties as Route 53 does.
 */
export function addHealthChecks(
  stack: DeployedStack,
  checkers: HealthCheckers,
  atWork: readonly string[],
): void {
  for (const [id, properties] of stack.ofType('AWS::Route53::HealthCheck')) {
    if (!atWork.includes(id)) checkers.add(id, properties.HealthCheckConfig as HealthCheckConfig);
  }
}

/** Alarms on health checks. Alarms on Lifeboat's own metrics watch services whose metrics the fakes do not make. */
export function addHealthAlarms(stack: DeployedStack, cloudwatch: FakeCloudWatch): void {
  for (const [id, properties] of stack.ofType('AWS::CloudWatch::Alarm')) {
    if (properties.Namespace === 'AWS/Route53')
      cloudwatch.addAlarm(id, properties as unknown as AlarmProperties);
  }
}

/** The rules of a stack. Dead-letter queues are left out: what cannot be delivered is in the bridge's failures. */
export function addRules(stack: DeployedStack, bridge: FakeEventBridge): void {
  for (const [id, properties] of stack.ofType('AWS::Events::Rule')) {
    const rule = properties as unknown as RuleProperties;
    if (!rule.Targets?.length) throw new FakeLimit(`rule ${id} has no target`);
    bridge.addRule(stack.region, { ...rule, Name: stack.ref(id) });
  }
}
