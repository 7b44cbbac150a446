import type { VirtualClock } from '../virtual-clock';
import { ACCOUNT, parseArn } from './arn';
import { type AwsEvent, eventTime } from './eventbridge/event';
import { checkTarget, inputFor, type TargetProperties } from './eventbridge/input';
import { checkPattern, matches } from './eventbridge/pattern';
import { rateMs } from './eventbridge/schedule';
import { FakeLimit, onlyKnown } from './fake-limit';
import { type Random, seeded, uuid } from './random';

/** Properties of AWS::Events::Rule, resolved. */
export interface RuleProperties {
  Name?: string;
  Description?: string;
  EventBusName?: string;
  EventPattern?: object;
  ScheduleExpression?: string;
  State?: string;
  RoleArn?: string;
  Tags?: unknown;
  Targets?: TargetProperties[];
}

/** What a target got. `input` is JSON text. */
export interface Delivery {
  at: number;
  region: string;
  rule: string;
  arn: string;
  input: string;
}

/** Called with each delivery, by the service in the target's ARN. A rejection ends up in `failures`. */
export interface Targets {
  stateMachine?: (delivery: Delivery) => void | Promise<void>;
  lambda?: (delivery: Delivery) => void | Promise<void>;
  sns?: (delivery: Delivery) => void | Promise<void>;
}

export interface EventBridgeOptions {
  clock: VirtualClock;
  seed: string;
  targets: Targets;
  /** From a bus to a target, another Region's bus included. Default 1 s. */
  hopMs?: number;
}

interface Rule {
  name: string;
  arn: string;
  region: string;
  bus: string;
  pattern: object | undefined;
  targets: TargetProperties[];
}

export interface Failure {
  at: number;
  region: string;
  rule: string;
  arn: string;
  problem: string;
}

/**
 * EventBridge of all Regions. No retries and no dead-letter queues: what cannot be delivered is in `failures`.
 */
export class FakeEventBridge {
  readonly deliveries: Delivery[] = [];
  readonly failures: Failure[] = [];
  private readonly rules: Rule[] = [];
  private readonly buses = new Set<string>();
  private readonly lost = new Set<string>();
  private readonly random: Random;

  constructor(private readonly options: EventBridgeOptions) {
    this.random = seeded(`${options.seed} eventbridge`);
  }

  /** Every Region has the bus `default` without this. */
  addBus(region: string, name: string): string {
    this.buses.add(`${region}/${name}`);
    return busArn(region, name);
  }

  /** @returns the rule's ARN. A schedule fires for the first time one period after its rule is there. */
  addRule(region: string, properties: RuleProperties): string {
    onlyKnown('AWS::Events::Rule', properties, ruleFields);
    const name = properties.Name ?? `rule-${this.rules.length + 1}`;
    const bus = busName(properties.EventBusName ?? 'default');
    this.requireBus(region, bus);
    const arn = `arn:aws:events:${region}:${ACCOUNT}:rule/${bus === 'default' ? '' : `${bus}/`}${name}`;
    const targets = properties.Targets ?? [];
    if (targets.length > 5) throw new FakeLimit(`rule ${name}: at most five targets`);
    for (const target of targets) {
      checkTarget(target);
      this.requireTarget(name, target.Arn);
    }
    if (properties.EventPattern) checkPattern(properties.EventPattern);
    const rule: Rule = { name, arn, region, bus, pattern: properties.EventPattern, targets };
    if (properties.State === 'DISABLED') return arn;
    if ((properties.State ?? 'ENABLED') !== 'ENABLED')
      throw new FakeLimit(`rule ${name}: State ${properties.State}`);
    this.rules.push(rule);
    if (properties.ScheduleExpression !== undefined) this.schedule(rule, properties.ScheduleExpression);
    else if (!rule.pattern) throw new FakeLimit(`rule ${name}: neither EventPattern nor ScheduleExpression`);
    return arn;
  }

  /** In a lost Region nothing is matched, scheduled or received. What other Regions send there is a failure. */
  setRegion(region: string, state: 'up' | 'lost'): void {
    if (state === 'lost') this.lost.add(region);
    else this.lost.delete(region);
  }

  /** An event enters a bus. */
  put(region: string, event: AwsEvent, bus = 'default'): void {
    this.requireBus(region, bus);
    this.accept(region, bus, event, false);
  }

  /** A custom event, as PutEvents would make it. */
  putCustom(region: string, source: string, detailType: string, detail: object, bus = 'default'): void {
    this.put(region, this.event(region, source, detailType, detail, []), bus);
  }

  private accept(region: string, bus: string, event: AwsEvent, forwarded: boolean): void {
    if (this.lost.has(region)) return;
    for (const rule of this.rules) {
      if (rule.region !== region || rule.bus !== bus || !rule.pattern) continue;
      if (matches(rule.pattern, event)) this.fire(rule, event, forwarded);
    }
  }

  private fire(rule: Rule, event: AwsEvent, forwarded: boolean): void {
    const receivedAt = new Date(this.options.clock.now()).toISOString();
    for (const target of rule.targets) {
      this.options.clock.after(this.options.hopMs ?? 1000, () => {
        if (this.lost.has(rule.region)) return this.fail(rule, target.Arn, `${rule.region} is lost`);
        const bus = parseArn(target.Arn);
        if (bus?.service === 'events') return this.forward(rule, target, event, forwarded);
        const transformed = inputFor(target, event, rule, receivedAt);
        if (!transformed.ok) return this.fail(rule, target.Arn, transformed.problem);
        void this.deliver(rule, target.Arn, transformed.input);
      });
    }
  }

  /**
   * To another bus an event goes as it is, and only once: what a bus received from another bus is not sent on to a
   * third (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html and eb-cross-account.html).
   */
  private forward(rule: Rule, target: TargetProperties, event: AwsEvent, forwarded: boolean): void {
    const arn = parseArn(target.Arn);
    if (forwarded) this.fail(rule, target.Arn, 'an event is not forwarded to a third bus');
    else if (!arn || this.lost.has(arn.region)) this.fail(rule, target.Arn, `${arn?.region} is lost`);
    else this.accept(arn.region, busName(arn.resource), event, true);
  }

  private async deliver(rule: Rule, arn: string, input: string): Promise<void> {
    const delivery: Delivery = {
      at: this.options.clock.now(),
      region: rule.region,
      rule: rule.name,
      arn,
      input,
    };
    this.deliveries.push(delivery);
    try {
      await this.handlerFor(arn)?.(delivery);
    } catch (error) {
      this.fail(rule, arn, error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    }
  }

  private fail(rule: Rule, arn: string, problem: string): void {
    this.failures.push({ at: this.options.clock.now(), region: rule.region, rule: rule.name, arn, problem });
  }

  private schedule(rule: Rule, expression: string): void {
    if (rule.bus !== 'default')
      throw new FakeLimit(`rule ${rule.name}: schedules exist on the default bus only`);
    this.options.clock.every(rateMs(expression), () => {
      if (this.lost.has(rule.region)) return;
      this.fire(rule, this.event(rule.region, 'aws.events', 'Scheduled Event', {}, [rule.arn]), false);
    });
  }

  private event(region: string, source: string, type: string, detail: object, resources: string[]): AwsEvent {
    return {
      version: '0',
      id: uuid(this.random),
      'detail-type': type,
      source,
      account: ACCOUNT,
      time: eventTime(this.options.clock.now()),
      region,
      resources,
      detail,
    };
  }

  private handlerFor(arn: string): ((delivery: Delivery) => void | Promise<void>) | undefined {
    const { targets } = this.options;
    switch (parseArn(arn)?.service) {
      case 'states':
        return targets.stateMachine;
      case 'lambda':
        return targets.lambda;
      case 'sns':
        return targets.sns;
      default:
        return undefined;
    }
  }

  private requireTarget(rule: string, arn: string): void {
    const parsed = parseArn(arn);
    if (parsed?.service === 'events') {
      this.requireBus(parsed.region, busName(parsed.resource));
    } else if (!this.handlerFor(arn)) throw new FakeLimit(`rule ${rule}: target ${JSON.stringify(arn)}`);
  }

  private requireBus(region: string, name: string): void {
    if (name !== 'default' && !this.buses.has(`${region}/${name}`))
      throw new FakeLimit(`no event bus ${name} in ${region}`);
  }
}

const ruleFields = [
  'Name',
  'Description',
  'EventBusName',
  'EventPattern',
  'ScheduleExpression',
  'State',
  'RoleArn',
  'Tags',
  'Targets',
];

function busArn(region: string, name: string): string {
  return `arn:aws:events:${region}:${ACCOUNT}:event-bus/${name}`;
}

/** EventBusName may be a name or an ARN. */
function busName(nameOrArn: string): string {
  return nameOrArn.split('event-bus/').at(-1) ?? nameOrArn;
}
