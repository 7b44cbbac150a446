import { Construct } from 'constructs';
import type { Config, SiteName } from '../core/config';
import { ActivationMachine } from './activation-machine';
import { ClusterAccess } from './cluster-access';
import { LedgerTable } from './ledger';
import { OnCallTopic } from './on-call-topic';
import { SelfAlarms } from './self-alarms';
import { StepLambdas } from './step-lambdas';
import { SwitchBucket } from './switch-bucket';
import { Triggers } from './triggers';

export interface FailoverProps {
  /** From `loadConfig('lifeboat.yaml')`. */
  config: Config;
  /** The site that this construct activates; it must stand in that site's Region. */
  site: SiteName;
}

/**
 * Everything that activates one site: it needs nothing of the other Region. The roles that it names stand in the
 * global stack (`GlobalParts`), which is deployed once, before.
 * @example
 * const config = loadConfig('lifeboat.yaml');
 * const stack = new Stack(app, 'Dr', { env: { region: config.sites.dr.region } });
 * new Failover(stack, 'Failover', { config, site: 'dr' });
 */
export class Failover extends Construct {
  readonly ledger: LedgerTable;
  readonly onCall: OnCallTopic;
  readonly steps: StepLambdas;
  readonly activation: ActivationMachine;
  readonly triggers: Triggers;

  constructor(scope: Construct, id: string, { config, site }: FailoverProps) {
    super(scope, id);
    this.ledger = new LedgerTable(this, 'Ledger');
    if (config.switch === 'standby-switch') new SwitchBucket(this, 'Switch', { config, site });
    this.onCall = new OnCallTopic(this, 'OnCall', { subscriptions: config.notify });
    this.steps = new StepLambdas(this, 'Steps', {
      config,
      site,
      table: this.ledger.table,
      topicArns: this.onCall.arns,
    });
    const { functions } = this.steps;
    this.activation = new ActivationMachine(this, 'Activation', { config, site, functions });
    this.triggers = new Triggers(this, 'Triggers', {
      config,
      site,
      machine: this.activation.machine,
      start: functions.start,
      guard: functions.guard,
      report: functions.report,
      preflight: functions.preflight,
      cleanup: functions.cleanup,
    });
    new SelfAlarms(this, 'Alarms', {
      config,
      site,
      topic: this.onCall.topic,
      machine: this.activation.machine,
      functions: Object.values(functions),
      rules: this.triggers.rules,
      deadLetters: this.triggers.deadLetters,
    });
    new ClusterAccess(this, 'ClusterAccess', { config, site });
  }
}
