import { type App, SITE_NAMES, type SiteName } from '../../core/config';
import { Documents } from '../../lambdas/adapters/aws/documents';
import { DynamoLedger } from '../../lambdas/adapters/aws/ledger';
import { GLOBAL_REGION } from '../../lib/stacks';
import { type Action, CannotAct, type Scenario } from '../scenario';
import { writeOf } from '../switches';
import type { Night } from './cloud/night';
import { encodeCertificate } from './kubernetes/certificates';
import type { FakeCluster } from './kubernetes/cluster';
import { imagesIn } from './kubernetes/images';

/** Makes happen what the scenario says, when it says it. */
export class Director {
  /** Records of main that a person changed by hand, by name: what the checkers must not blame on Lifeboat. */
  readonly changedByHand = new Set<string>();
  /** When the app that the scenario is about stopped serving, in ms since the epoch. */
  outageAt: number | undefined;
  private waiting: { state: string; afterMs: number; action: Action }[] = [];
  private pending = 0;

  constructor(
    private readonly night: Night,
    private readonly scenario: Scenario,
    private readonly onAct: (action: Action) => void,
  ) {
    const startsAt = night.clock.now();
    for (const { when, action } of scenario.night) {
      if ('at' in when) this.later(startsAt + when.at * 1000 - night.clock.now(), action);
      else this.waiting.push({ state: when.entering, afterMs: (when.after ?? 0) * 1000, action });
    }
    // Somebody is on call tonight, and says yes when asked, unless the scenario is about just that.
    if (scenario.given.trigger === undefined) {
      const yes = {
        do: 'approve' as const,
        site: scenario.given.active === 'dr' ? ('primary' as const) : ('dr' as const),
        by: 'on-call',
      };
      this.waiting.push({ state: 'Ask for approval', afterMs: 120_000, action: yes });
    }
    night.observers.push({ onState: (_site, { type, details }) => this.entered(type, String(details.name)) });
  }

  /** Whether something is still to come by itself. */
  get busy(): boolean {
    return this.pending > 0;
  }

  private later(ms: number, action: Action): void {
    this.pending++;
    this.night.clock.after(ms, () => {
      this.pending--;
      this.onAct(action);
      void this.act(action);
    });
  }

  private entered(type: string, name: string): void {
    if (!type.endsWith('StateEntered')) return;
    const now = this.waiting.filter(({ state }) => state === name);
    this.waiting = this.waiting.filter(({ state }) => state !== name);
    for (const { afterMs, action } of now) this.later(afterMs, action);
  }

  private async act(action: Action): Promise<void> {
    const { night } = this;
    switch (action.do) {
      case 'lose-region':
        this.outage();
        return night.loseRegion(action.site);
      case 'restore-region':
        return night.restoreRegion(action.site);
      case 'lose-cluster':
        this.outage();
        return night.loseCluster(action.site);
      case 'lose-control-planes':
        return night.loseGlobalControlPlanes();
      case 'lose-us-east-1':
        if (SITE_NAMES.some(site => night.regionOf(site) === GLOBAL_REGION)) this.outage();
        return night.loseUsEast1();
      case 'lag-name-server':
        return this.lagNameServer(action.by * 1000);
      case 'lock-switch-bucket':
        night.s3[action.site].writes = action.how;
        return;
      case 'break-app':
        this.outage();
        return night.breakApp(action.site, this.app());
      case 'repair-app':
        this.outageAt = undefined;
        for (const namespace of this.app().namespaces) night.clusters[action.site].repairApp(namespace);
        return;
      case 'api-down':
        return night.clusters[action.site].apiDown();
      case 'cut-egress':
        return night.internet.seal(night.regionOf(action.site));
      case 'restore-egress':
        return night.internet.unseal(night.regionOf(action.site));
      case 'alarm':
        return night.raiseAlarm(action.site, this.app());
      case 'nodes-not-ready':
        return night.clusters[action.site].nodesNotReady();
      case 'stop-backups':
        return stopBackups(night.clusters[action.site]);
      case 'lose-backups':
        return this.loseBackups();
      case 'damage-backups':
        return night.veleros[action.site].setFaults({ damagedPack: true });
      case 'restore-stuck':
        return night.veleros[action.site].setFaults({ restoreStuck: true });
      case 'kill-node-agent':
        return night.veleros[action.site].setFaults({ nodeAgentKilled: true });
      case 'kill-data-mover':
        return night.veleros[action.site].setFaults({ dataMoverKilled: true });
      case 'lose-node-agents':
        return night.veleros[action.site].setFaults({ nodeAgentGone: true });
      case 'pods-never-ready':
        return this.podsNeverReady(action.site);
      case 'wrong-certificate':
        return this.wrongCertificate(action.site);
      case 'change-record':
        return this.changeRecord(action.to);
      case 'pause':
        return this.ledger(action.site).setPause({
          by: 'ada',
          reason: 'planned work',
          at: night.clock.now(),
        });
      case 'kill-step':
        // The night does not end before it has happened.
        this.pending++;
        return night.sites[action.site].functions.killAfter(
          action.step,
          writeOf(night.config, action.site, action.writing),
          () => {
            this.pending--;
          },
        );
      case 'start':
        night.sites[action.site].machine.start({ input: action.input });
        return;
      case 'abort':
        for (const execution of night.sites[action.site].machine.executions()) {
          if (execution.status === 'RUNNING') execution.abort('Stopped', 'stopped by hand');
        }
        return;
      case 'approve':
      case 'deny':
        return this.answer(action.site, action.do === 'approve', action.by);
    }
  }

  private outage(): void {
    this.outageAt ??= this.night.clock.now();
  }

  /** The app that the scenario is about: the first one that is called at a main name, and has data if it is about data. */
  private app(): App {
    const called = this.night.config.apps.filter(({ endpoint }) => endpoint);
    const app = this.scenario.about === 'data' ? called.find(({ data }) => data) : called[0];
    if (!app) throw new CannotAct('The configuration has no app with a main name.');
    return app;
  }

  private loseBackups(): void {
    const { bucket, clusters } = this.night;
    for (const name of bucket.list()) bucket.delete(name);
    for (const { store } of Object.values(clusters)) {
      const type = store.typeOf('velero.io/v1', 'Backup');
      for (const { metadata } of store.list(type)) store.delete(type, metadata.namespace, metadata.name);
    }
  }

  private podsNeverReady(site: SiteName): void {
    const namespaces = this.app().namespaces;
    for (const cluster of Object.values(this.night.clusters)) {
      this.night.clusters[site].faults.neverReady.push(...imagesIn(cluster.store, namespaces));
    }
  }

  private wrongCertificate(site: SiteName): void {
    const { store } = this.night.clusters[site];
    const { endpoint, namespaces } = this.app();
    // cert-manager would mend it at once if it could.
    this.night.clusters[site].faults.certificateFault = () => 'too many certificates already issued';
    const secrets = store.typeOf('v1', 'Secret');
    for (const secret of namespaces.flatMap(namespace => store.list(secrets, namespace))) {
      if (secret.type !== 'kubernetes.io/tls') continue;
      const now = this.night.clock.now();
      const certificate = {
        names: [endpoint?.hosts[site] ?? ''],
        validFrom: now - 86_400_000,
        validTo: now + 60 * 86_400_000,
        issuer: 'CN=Rehearsal CA',
        trusted: true,
      };
      store.update({
        ...secret,
        data: { ...(secret.data as object), 'tls.crt': encodeCertificate(certificate) },
      });
    }
  }

  private changeRecord(to: string): void {
    const { endpoint } = this.app();
    const zone = endpoint && this.night.zones.get(endpoint.zone.id);
    if (!endpoint || !zone) throw new CannotAct('There is no record of main to change.');
    this.changedByHand.add(endpoint.main);
    const ResourceRecordSet = {
      Name: endpoint.main,
      Type: 'CNAME' as const,
      TTL: 60,
      ResourceRecords: [{ Value: to }],
    };
    const standing = [...zone.records.values()].filter(
      ({ Name, Type }) => Name === `${endpoint.main}.` && Type === 'CNAME',
    );
    const { applied } = zone.change(
      [
        ...standing.map(each => ({ Action: 'DELETE' as const, ResourceRecordSet: each })),
        { Action: 'CREATE', ResourceRecordSet },
      ],
      'by hand',
    );
    if (!applied.ok)
      throw new CannotAct(`Route 53 refused the change by hand: ${applied.messages.join(' ')}`);
  }

  private lagNameServer(ms: number): void {
    for (const zone of this.night.zones.values()) {
      const last = zone.servers.at(-1);
      if (last) zone.lag(last, ms);
    }
  }

  /** Answers as on-call would: with the token that stands in the message. */
  private answer(site: SiteName, approved: boolean, by: string): void {
    const { sns, machine } = this.night.sites[site];
    const asked = sns.messages.findLast(({ attributes }) => attributes.event === 'approval-wanted');
    const token = /--task-token '([^']+)'/.exec(asked?.text ?? '')?.[1];
    if (!token) throw new CannotAct('No message asked for an approval.');
    machine.sendTaskSuccess(token, { approved, by });
  }

  private ledger(site: SiteName): DynamoLedger {
    const { dynamodb } = this.night.sites[site];
    return new DynamoLedger(
      new Documents(dynamodb, dynamodb.table.schema.name, this.night.clock),
      this.night.clock,
    );
  }
}

function stopBackups({ store }: FakeCluster): void {
  for (const schedule of store.list(store.typeOf('velero.io/v1', 'Schedule'))) {
    store.update({ ...schedule, spec: { ...(schedule.spec as object), paused: true } });
  }
}
