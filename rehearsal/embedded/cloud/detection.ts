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

const BEFORE_MS = 10 * 60_000;

/**
 * Alarms on what Lifeboat itself puts into CloudWatch. It was deployed days ago: its heartbeats were there until now.
 * @param now milliseconds since the epoch
 */
export function addHeartbeatAlarms(stack: DeployedStack, cloudwatch: FakeCloudWatch, now: number): void {
  for (const [id, properties] of stack.ofType('AWS::CloudWatch::Alarm')) {
    if (properties.Namespace !== 'Lifeboat') continue;
    const { Dimensions = [], MetricName = '' } = properties as unknown as AlarmProperties;
    const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
    for (let at = now - BEFORE_MS; at < now; at += 60_000) {
      cloudwatch.metrics.put(
        { namespace: 'Lifeboat', name: MetricName, dimensions },
        { at, value: 1, count: 1 },
      );
    }
    cloudwatch.addAlarm(stack.ref(id), properties as unknown as AlarmProperties);
  }
}

/** Alarms on health checks. Other alarms on Lifeboat watch services whose metrics the fakes do not make. */
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
