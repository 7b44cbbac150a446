import type { SiteName } from '../../../core/config';
import { scratchNamespace } from '../../../core/drill';
import type { Finding } from '../../../rehearsal/checkers';
import { asStep } from '../../../rehearsal/embedded/calls';
import type { KubeObject } from '../../../rehearsal/embedded/kubernetes/object';
import { example, scenario, withSwitch } from '../cloud/examples';
import { type OpenNight, openNight } from '../cloud/play';

jest.setTimeout(30_000);

/** One record that is easily moved by force. */
const levlabs = withSwitch(example('levlabs'), 'cname');
const [app] = levlabs.config.apps;
if (!app?.endpoint) throw new Error('the sample app is called at a main name');
const { main, ttlSeconds, zone: zoneOf, hosts } = app.endpoint;

/**
 * What is broken after something was done to the world by force. Nothing of Lifeboat is at work in it: no rule and no
 * alarm is there, and nothing starts a run.
 */
async function brokenAfter(happens: (open: OpenNight) => unknown, seconds = 30): Promise<string[]> {
  const open = await openNight(levlabs);
  await open.night.clock.run(Promise.resolve(happens(open)));
  await open.night.clock.advance(seconds * 1000);
  return open.broken();
}

function mainAs(target: string, Action: 'CREATE' | 'DELETE') {
  const ResourceRecords = [{ Value: target }];
  return {
    Action,
    ResourceRecordSet: { Name: main, Type: 'CNAME' as const, TTL: ttlSeconds, ResourceRecords },
  };
}

function zone({ night }: OpenNight) {
  const found = night.zones.get(zoneOf.id);
  if (!found) throw new Error(`there is no zone ${zoneOf.id}`);
  return found;
}

/** Main points to dr from now on, by nobody. */
function mainToDr(open: OpenNight): void {
  zone(open).change([mainAs(hosts.primary, 'DELETE'), mainAs(hosts.dr, 'CREATE')], undefined);
}

/** A call as the fakes write it down for a step of a run. */
function call(
  { night }: OpenNight,
  { run = 'run-1', step = 'flip', app: of = 'sample-app' as string | undefined, seconds = 0, ...what },
): Promise<void> {
  const all = { service: 'kubernetes', action: '', region: 'us-east-2', resource: '', ...what };
  const who = { step, run, ...(of === undefined ? {} : { app: of }) };
  return asStep(who, () => night.calls.record(all, () => night.clock.sleep(seconds * 1000)));
}

const change = { step: 'flip', service: 'route53', action: 'ChangeResourceRecordSets', region: 'us-east-1' };
const patch = {
  step: 'fence',
  action: 'PATCH deployments',
  resource: '/apis/apps/v1/namespaces/sample-app/deployments/sample-app',
};

/** A run whose first step never answers. */
function stuckRun({ night }: OpenNight, site: SiteName, input: object = {}): string {
  night.sites[site].functions.invoke = () => new Promise(() => undefined);
  return night.sites[site].machine.start({ input: { activate: site, ...input } }).name;
}

function object(open: OpenNight, site: SiteName, apiVersion: string, kind: string): KubeObject {
  const { store } = open.night.clusters[site];
  const [found] = store.list(store.typeOf(apiVersion, kind), 'sample-app');
  if (!found) throw new Error(`${site} has no ${kind}`);
  return found;
}

function claim(open: OpenNight): KubeObject {
  const { metadata, spec } = object(open, 'primary', 'v1', 'PersistentVolumeClaim');
  const { volumeName: _volume, ...rest } = spec as Record<string, unknown>;
  const { name, namespace } = metadata;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, ...(namespace ? { namespace } : {}) },
    spec: { ...rest, storageClassName: 'gp3-dr' },
  };
}

/** The app's pods start on dr, on a volume with this on it. */
async function startOnDr(open: OpenNight, content: string | undefined): Promise<void> {
  const { night } = open;
  const { store } = night.clusters.dr;
  const { name } = store.create(claim(open)).metadata;
  if (content !== undefined) night.volumes.dr.write('sample-app', name, content, 1);
  const deployment = object(open, 'dr', 'apps/v1', 'Deployment');
  store.update({ ...deployment, spec: { ...(deployment.spec as object), replicas: 2 } });
  await night.clock.sleep(60_000);
}

function restore({ night }: OpenNight, site: SiteName, name: string): void {
  night.clusters[site].store.create({
    apiVersion: 'velero.io/v1',
    kind: 'Restore',
    metadata: { name, namespace: 'velero' },
    spec: { backupName: 'any', includedNamespaces: ['sample-app'] },
  });
}

/** The lease of the sample app as it stands in the ledger of dr. */
function lease({ night }: OpenNight, runId: string | undefined): void {
  const key = { pk: { S: 'app#sample-app' }, sk: { S: 'lease' } };
  const doc = { M: runId === undefined ? {} : { lease: { M: { runId: { S: runId } } } } };
  night.sites.dr.dynamodb.table.write(key, { ...key, doc });
}

describe('every invariant', () => {
  it('holds in a night in which nothing happens at all', async () => {
    const open = await openNight(levlabs);
    await open.night.clock.advance(120_000);
    expect(open.broken()).toEqual([]);
    const ids = open.checkers.map(({ id }) => id);
    expect(ids).toEqual([
      'I1',
      'I2',
      'I3',
      'I4',
      'I5',
      'I6',
      'I7',
      'I8',
      'I9',
      'I10',
      'undo',
      'loss',
      'drill',
      'fence',
    ]);
    expect(open.checkers.map(checker => checker.finding())).toEqual(
      ids.map((id): Finding => ({ id, holds: true, evidence: expect.any(String) as string })),
    );
  });

  it('holds in a quiet night in which Lifeboat is at work and looks at its standby', async () => {
    const open = await openNight(levlabs);
    open.night.begin();
    await open.night.clock.advance(11 * 60_000);
    expect(open.night.calls.calls.some(({ step }) => step === 'preflight')).toBe(true);
    expect(open.broken()).toEqual([]);
  });
});

describe('I1: main never points to a site that failed its last verification', () => {
  it('is broken when main goes to a site that serves nothing', async () => {
    const broken = await brokenAfter(async open => {
      await call(open, change);
      mainToDr(open);
    });
    expect(broken).toEqual([
      expect.stringMatching(/^I1: main.levlabs.link went to dr at \S+, and a client there got: .*503/),
    ]);
  });

  it('is broken when the certificate there is not for main', async () => {
    const broken = await brokenAfter(async open => {
      await startOnDr(open, 'written until 1');
      const { store } = open.night.clusters.dr;
      const ingresses = store.list(store.typeOf('networking.k8s.io/v1', 'Ingress'), 'sample-app');
      for (const ingress of ingresses)
        store.update({ ...ingress, spec: { ...(ingress.spec as object), tls: [] } });
      await call(open, change);
      mainToDr(open);
    });
    expect(broken).toEqual([expect.stringMatching(/^I1: .* a client there got: .*certificate/i)]);
  });

  it('holds when main goes to a site that serves it', async () => {
    const open = await openNight(levlabs);
    await open.night.clock.run(startOnDr(open, 'written until 1'));
    await open.night.clock.run(call(open, change));
    mainToDr(open);
    await open.night.clock.advance(30_000);
    expect(open.broken()).toEqual([]);
    expect(open.finding('I1').evidence).toMatch(/^main went to dr at \S+; clients were served there$/);
    expect(open.finding('I9').evidence).toBe('main moved once, runs changed it once');
  });
});

describe('I2: main always answers, with exactly one of the two site names', () => {
  it('is broken while main is gone', async () => {
    const broken = await brokenAfter(open => zone(open).change([mainAs(hosts.primary, 'DELETE')], undefined));
    expect(broken).toContainEqual(expect.stringMatching(/^I2: main.levlabs.link was no site's name at /));
  });

  it('is broken when main names something that is no site', async () => {
    const broken = await brokenAfter(open =>
      zone(open).change(
        [mainAs(hosts.primary, 'DELETE'), mainAs('elsewhere.example.net', 'CREATE')],
        undefined,
      ),
    );
    expect(broken).toContainEqual(expect.stringMatching(/^I2: main.levlabs.link was no site's name at /));
  });

  it('is not blamed on Lifeboat when a person of the scenario did it', async () => {
    const night = [
      { when: { at: 1 }, action: { do: 'change-record' as const, to: 'elsewhere.example.net' } },
    ];
    const open = await openNight({ ...levlabs, scenario: scenario(night) });
    await open.night.clock.advance(30_000);
    expect(open.night.mainAt(app)).toContain(undefined);
    expect(open.broken()).toEqual([]);
  });
});

describe("I3: at most one run holds an app's lease", () => {
  it('is broken when a second run takes it from one that is at work', async () => {
    const open = await openNight(levlabs);
    const first = stuckRun(open, 'dr');
    lease(open, first);
    lease(open, 'run-2');
    expect(open.finding('I3')).toEqual({
      id: 'I3',
      holds: false,
      evidence: expect.stringMatching(`^run-2 took app#sample-app from ${first}, which was at work, at `),
    });
  });

  it('holds when the run that had it has ended, or has let it go', async () => {
    const open = await openNight(levlabs);
    const first = stuckRun(open, 'dr');
    lease(open, first);
    lease(open, first);
    open.night.sites.dr.machine.executions()[0]?.abort('Stopped', 'by hand');
    await open.night.clock.advance(1000);
    lease(open, 'run-2');
    lease(open, undefined);
    lease(open, 'run-3');
    expect(open.finding('I3')).toEqual({
      id: 'I3',
      holds: true,
      evidence: '3 leases taken, none from a run at work',
    });
  });
});

describe('fence: the guard puts to rest only what main has left', () => {
  const rest = { ...patch, step: 'guard', region: 'us-east-1' };

  it('is broken when the guard changes something where main leads', async () => {
    const broken = await brokenAfter(open => call(open, rest));
    expect(broken).toEqual([expect.stringMatching(/^fence: PATCH \S+ of sample-app on primary at /)]);
  });

  it('holds when it changes something at the site that main has left', async () => {
    const open = await openNight(levlabs);
    await open.night.clock.run(call(open, { ...rest, region: 'us-east-2' }));
    await open.night.clock.advance(2000);
    expect(open.finding('fence')).toMatchObject({
      holds: true,
      evidence: expect.stringContaining('1 change'),
    });
  });
});

describe.each(['alarm', 'guard'])(
  'I4: no run of the %s without a down verdict over the whole dwell time',
  startedBy => {
    async function changes(
      open: OpenNight,
      lostForSeconds: number | undefined,
      input: object,
    ): Promise<string[]> {
      const { night } = open;
      await night.clock.advance(30_000);
      const run = stuckRun(open, 'dr', input);
      if (lostForSeconds !== undefined) {
        night.loseRegion('primary');
        await night.clock.advance(lostForSeconds * 1000);
      }
      await night.clock.run(call(open, { ...patch, run }));
      await night.clock.advance(5000);
      night.sites.dr.machine.executions()[0]?.abort('Stopped', 'by hand');
      return open.broken().filter(text => text.startsWith('I4'));
    }

    it('is broken when an alarm lets something be changed while the site serves', async () => {
      const broken = await changes(await openNight(levlabs), undefined, { startedBy });
      expect(broken).toEqual([
        expect.stringMatching(/^I4: run \S+ changed sample-app at .* after primary had served it well/),
      ]);
    });

    it('is broken when the site has been down for less than the dwell time', async () => {
      const broken = await changes(await openNight(levlabs), 10, { startedBy });
      expect(broken).toEqual([expect.stringMatching(/^I4: /)]);
    });

    it('holds when the site has been down for all of the dwell time', async () => {
      const open = await openNight(levlabs);
      expect(await changes(open, 20, { startedBy })).toEqual([]);
      expect(open.finding('I4').evidence).toMatch(/^first changes: sample-app at /);
    });

    it('says nothing of a run that a person asked for', async () => {
      expect(await changes(await openNight(levlabs), undefined, {})).toEqual([]);
    });
  },
);

describe('I5: every run ends in a notification and a ledger record, also when it crashes', () => {
  it('is broken by a run that does not come to its end', async () => {
    const broken = await brokenAfter(open => void stuckRun(open, 'dr'));
    expect(broken).toEqual([
      expect.stringMatching(/^I5: run \S+ has not ended; .* no report .*; nobody was told/),
    ]);
  });

  it('is broken by a run that is stopped, when nobody tells of it', async () => {
    const broken = await brokenAfter(open => {
      stuckRun(open, 'dr');
      open.night.sites.dr.machine.executions()[0]?.abort('Stopped', 'by hand');
    });
    expect(broken).toEqual([
      expect.stringMatching(/^I5: run \S+ has no report in the ledger; nobody was told how/),
    ]);
  });

  it('is broken by a run that wrote its report and told nobody', async () => {
    const broken = await brokenAfter(open => {
      const run = stuckRun(open, 'dr');
      open.night.sites.dr.machine.executions()[0]?.abort('Stopped', 'by hand');
      report(open, run);
    });
    expect(broken).toEqual([expect.stringMatching(/^I5: nobody was told how run \S+ ended$/)]);
  });

  it('is broken when all that was told is that the run begins', async () => {
    const broken = await brokenAfter(async open => {
      const run = stuckRun(open, 'dr');
      open.night.sites.dr.machine.executions()[0]?.abort('Stopped', 'by hand');
      report(open, run);
      tell(open, 'start', run);
    });
    expect(broken).toEqual([expect.stringMatching(/^I5: nobody was told how run \S+ ended$/)]);
  });

  it('holds when both are there', async () => {
    const broken = await brokenAfter(async open => {
      const run = stuckRun(open, 'dr');
      open.night.sites.dr.machine.executions()[0]?.abort('Stopped', 'by hand');
      report(open, run);
      tell(open, 'needs-attention', run);
    });
    expect(broken).toEqual([]);
  });

  it('is broken by a start that keeps quiet although it changed something', async () => {
    const broken = await brokenAfter(async open => {
      const run = stuckRun(open, 'dr');
      open.night.sites.dr.machine.executions()[0]?.abort('Stopped', 'by hand');
      report(open, run, true);
      await call(open, { ...patch, run });
    });
    expect(broken).toEqual([expect.stringMatching(/^I5: nobody was told how run \S+ ended$/)]);
  });
});

describe('I6: a run that is cut and started again makes no second restore', () => {
  it('is broken by two restores of one app into one site', async () => {
    const broken = await brokenAfter(open => {
      restore(open, 'dr', 'first');
      restore(open, 'dr', 'second');
    });
    expect(broken).toEqual(['I6: 2 restores of sample-app on dr: first, second']);
  });

  it('holds with one restore, and says so', async () => {
    const open = await openNight(levlabs);
    restore(open, 'dr', 'first');
    expect(open.finding('I6')).toEqual({
      id: 'I6',
      holds: true,
      evidence: '1 restore created, at most one for each app and site',
    });
  });

  it('counts no restore of namespaces that are no app’s', async () => {
    const open = await openNight(levlabs);
    open.night.clusters.dr.store.create({
      apiVersion: 'velero.io/v1',
      kind: 'Restore',
      metadata: { name: 'of-others', namespace: 'velero' },
      spec: { backupName: 'any', includedNamespaces: ['monitoring'] },
    });
    expect(open.restores.created).toEqual([]);
  });
});

describe('I7: no restore into a namespace that is serving main', () => {
  it('is broken by a restore into the site that main points to', async () => {
    const broken = await brokenAfter(open => restore(open, 'primary', 'over-the-living'));
    expect(broken).toEqual([
      expect.stringMatching(/^I7: over-the-living began at \S+ while primary served sample-app$/),
    ]);
  });

  it('is broken as soon as one of the name servers points there', async () => {
    const open = await openNight(levlabs);
    mainToDr(open);
    const { clock } = open.night;
    while (!open.night.mainAt(app).includes('dr')) await clock.advance(100);
    expect(open.night.mainAt(app)).toContain('primary');
    restore(open, 'dr', 'too-late');
    expect(open.finding('I7').holds).toBe(false);
  });
});

describe('I8: no workload scales up before the data that it reads is there', () => {
  it('is broken by a pod that starts on an empty volume', async () => {
    const broken = await brokenAfter(open => startOnDr(open, undefined));
    expect(broken).toEqual([
      expect.stringMatching(
        /^I8: pod sample-app-\S+ of sample-app started on dr at \S+ with nothing on volume/,
      ),
    ]);
  });

  it('is broken by a pod that starts on damaged data', async () => {
    const broken = await brokenAfter(open => startOnDr(open, 'half a file'));
    expect(broken).toEqual([expect.stringContaining('with "half a file" on volume')]);
  });

  it('holds for pods that start on whole data', async () => {
    const open = await openNight(levlabs);
    await open.night.clock.run(startOnDr(open, 'written until 1774752000000'));
    expect(open.finding('I8')).toEqual({
      id: 'I8',
      holds: true,
      evidence: 'looked into 2 volumes as a pod started on it: whole data each time',
    });
  });
});

describe('I9: main goes back only by a run', () => {
  it('is broken when main moves and no run has changed it', async () => {
    const broken = await brokenAfter(async open => {
      await startOnDr(open, 'written until 1');
      mainToDr(open);
    });
    expect(broken).toEqual([expect.stringMatching(/^I9: main went to dr at \S+ and no run had changed it$/)]);
  });

  it('is broken also when a run’s change failed', async () => {
    const broken = await brokenAfter(async open => {
      await startOnDr(open, 'written until 1');
      const failing = {
        service: 'route53',
        action: 'ChangeResourceRecordSets',
        region: 'us-east-1',
        resource: '',
      };
      const denied = () => Promise.reject(new Error('denied'));
      await asStep({ step: 'flip', run: 'run-1' }, () => open.night.calls.record(failing, denied)).catch(
        () => undefined,
      );
      mainToDr(open);
    });
    expect(broken).toEqual([expect.stringMatching(/^I9: main went to dr/)]);
  });
});

describe('I9, by the switch whose record nobody changes', () => {
  const standby = withSwitch(levlabs, 'standby-switch');

  async function taken(by: (open: OpenNight) => Promise<void>): Promise<string[]> {
    const open = await openNight(standby);
    const { clock, s3 } = open.night;
    await clock.advance(30_000);
    await clock.run(startOnDr(open, 'written until 1'));
    await clock.run(by(open));
    const [bucket = ''] = s3.dr.bucketNames();
    s3.dr.seed(bucket, `${main}/at-dr`, 'by somebody', clock.now());
    await clock.advance(30_000);
    expect(levlabs.config.apps.map(each => new Set(open.night.mainAt(each)))).toEqual([new Set(['dr'])]);
    return open.broken();
  }

  it('is broken when an object appears that no run has written', async () => {
    expect(await taken(async () => undefined)).toEqual([
      expect.stringMatching(/^I9: main went to dr at .* and no run had changed it$/),
    ]);
  });

  it('holds when a run has written it', async () => {
    const write = { step: 'flip', service: 's3', action: 'PutObject' };
    expect(await taken(open => call(open, write))).toEqual([]);
  });
});

describe('I9, after a run has moved main', () => {
  it('is broken when main goes back by itself', async () => {
    const broken = await brokenAfter(async open => {
      await startOnDr(open, 'written until 1');
      await call(open, change);
      mainToDr(open);
      await open.night.clock.sleep(60_000);
      zone(open).change([mainAs(hosts.dr, 'DELETE'), mainAs(hosts.primary, 'CREATE')], undefined);
    });
    expect(broken).toEqual([
      expect.stringMatching(/^I9: main went to primary at .* and no run had changed it$/),
    ]);
  });
});

describe('I10: a lost Region adds at most its deadline to the flip', () => {
  const lost = { step: 'fence', action: 'GET deployments', region: 'us-east-1' };

  async function waiting(wait: (open: OpenNight) => Promise<unknown>): Promise<string[]> {
    const open = await openNight(levlabs);
    open.night.loseRegion('primary');
    await open.night.clock.advance(2000);
    await open.night.clock.run(wait(open));
    return open.broken();
  }

  it('is broken by a call of 11 s into the lost Region', async () => {
    const broken = await waiting(open => call(open, { ...lost, seconds: 11 }));
    expect(broken).toEqual(['I10: run run-1 with sample-app waited 11.0 s for us-east-1']);
  });

  it('is broken by several calls that add up, before and after the apps part', async () => {
    const broken = await waiting(async open => {
      await call(open, { ...lost, step: 'preflight', app: undefined, seconds: 6 });
      await call(open, { ...lost, seconds: 6 });
    });
    expect(broken).toEqual(['I10: run run-1 with sample-app waited 12.0 s for us-east-1']);
  });

  it('is broken by a call that nothing ever ends', async () => {
    const open = await openNight(levlabs);
    open.night.loseRegion('primary');
    await open.night.clock.advance(2000);
    void call(open, { ...lost, seconds: 3600 });
    await open.night.clock.advance(60_000);
    expect(open.broken()).toEqual([expect.stringMatching(/^I10: run run-1 with sample-app waited 60.0 s/)]);
  });

  it('holds for calls that end in time, for other apps, and for other Regions', async () => {
    const open = await openNight(levlabs);
    open.night.loseRegion('primary');
    await open.night.clock.advance(2000);
    await open.night.clock.run(
      Promise.all([
        call(open, { ...lost, seconds: 9 }),
        call(open, { ...lost, app: 'another', seconds: 9 }),
        call(open, { ...lost, run: 'run-2', seconds: 9 }),
        call(open, { ...lost, region: 'us-east-2', seconds: 30 }),
        // The dwell time is looked through, and Route 53 belongs to no Region.
        call(open, { ...lost, step: 'assess', seconds: 30 }),
        call(open, { ...change, seconds: 30 }),
      ]),
    );
    expect(open.broken()).toEqual([]);
    expect(open.finding('I10').evidence).toMatch(/^at most 9.0 s of any app's way/);
  });

  it.each([
    ['standby-switch', ['I10: run run-1 with sample-app waited 30.0 s for us-east-1']],
    ['cname', []],
  ] as const)("counts Route 53's control plane as a part of us-east-1 for %s", async (by, broken) => {
    const open = await openNight(withSwitch(levlabs, by));
    open.night.loseUsEast1();
    await open.night.clock.advance(2000);
    await open.night.clock.run(call(open, { ...change, seconds: 30 }));
    expect(open.broken()).toEqual(broken);
  });

  it('says nothing as long as no Region is lost', async () => {
    const open = await openNight(levlabs);
    await open.night.clock.run(call(open, { ...lost, seconds: 60 }));
    expect(open.finding('I10')).toEqual({ id: 'I10', holds: true, evidence: 'no Region was lost' });
  });
});

describe('undo: a run that was rolled back left nothing behind', () => {
  function scaled(open: OpenNight): void {
    const { store } = open.night.clusters.dr;
    const cronJob = object(open, 'dr', 'batch/v1', 'CronJob');
    store.update({ ...cronJob, spec: { ...(cronJob.spec as object), suspend: false } });
  }

  it('is broken when a workload is not as it was', async () => {
    const broken = await brokenAfter(open => {
      scaled(open);
      tell(open, 'rolled-back', 'run-1');
    });
    expect(broken).toEqual([
      expect.stringMatching(/^undo: dr CronJob sample-app \S+ is .*false.*, was .*true/),
    ]);
  });

  it('says nothing when the last run ended otherwise', async () => {
    const broken = await brokenAfter(open => {
      scaled(open);
      tell(open, 'rolled-back', 'run-1');
      tell(open, 'succeeded', 'run-2');
    });
    expect(broken).toEqual([]);
  });

  it('is broken also when the run was to bring the app home', async () => {
    const given = { active: 'dr' as const, needs: [] };
    const open = await openNight({ ...levlabs, scenario: scenario([], {}, { given }) });
    const { store } = open.night.clusters.primary;
    const cronJob = object(open, 'primary', 'batch/v1', 'CronJob');
    store.update({ ...cronJob, spec: { ...(cronJob.spec as object), suspend: false } });
    tell(open, 'rolled-back', 'run-1');
    expect(open.finding('undo').holds).toBe(false);
  });

  it('is not confused by what the look in peace tells after it', async () => {
    const broken = await brokenAfter(open => {
      scaled(open);
      tell(open, 'rolled-back', 'run-1');
      tell(open, 'not-ready', undefined);
    });
    expect(broken).toEqual([expect.stringMatching(/^undo: /)]);
  });
});

describe('loss: a switchover loses no write, and leaves customers served', () => {
  const planned = { mode: 'switchover' };

  it('is broken by a pod that starts on older data than the site that is left has', async () => {
    const broken = await brokenAfter(async open => {
      open.night.begin();
      stuckRun(open, 'dr', planned);
      await startOnDr(open, `written until ${open.night.clock.now()}`);
    });
    expect(broken.filter(text => text.startsWith('loss'))).toEqual([
      expect.stringMatching(
        /^loss: sample-app\/\S+ on dr has writes until \S+ as sample-app-\S+ starts, on primary/,
      ),
    ]);
  });

  it('is broken by a write on the site that was left', async () => {
    const open = await openNight(levlabs);
    stuckRun(open, 'dr', planned);
    await open.night.clock.run(startOnDr(open, `written until ${open.night.clock.now() + 600_000}`));
    mainToDr(open);
    await open.night.clock.advance(30_000);
    expect(open.finding('loss').holds).toBe(true);
    const { name } = claim(open).metadata;
    open.night.volumes.primary.write(
      'sample-app',
      name,
      `written until ${open.night.clock.now() + 700_000}`,
      1,
    );
    expect(open.finding('loss').evidence).toMatch(/on primary was written until \S+, after it was left/);
  });

  it('is broken when customers are not served in the end', async () => {
    const open = await openNight(levlabs);
    open.night.begin();
    await open.night.clock.advance(10_000);
    stuckRun(open, 'dr', planned);
    expect(open.finding('loss').holds).toBe(true);
    if (app) open.night.breakApp('primary', app);
    await open.night.clock.advance(10_000);
    expect(open.finding('loss').evidence).toMatch(/^customers of sample-app end the night with/);
  });

  it('says nothing of other runs', async () => {
    const open = await openNight(levlabs);
    stuckRun(open, 'dr');
    await open.night.clock.run(startOnDr(open, 'written until 1'));
    expect(open.finding('loss')).toEqual({ id: 'loss', holds: true, evidence: 'no run was a switchover' });
  });
});

describe('drill: a drill keeps to its scratch namespaces, and leaves nothing in them', () => {
  const drill = { mode: 'drill' };
  const scratch = scratchNamespace(levlabs.config, 'sample-app');

  it.each([
    ['the own namespace of the app', { ...patch, step: 'drill' }],
    [
      'the cluster',
      { step: 'drill', action: 'PATCH persistentvolumes', resource: '/api/v1/persistentvolumes/pv' },
    ],
    ['main', { ...change, resource: 'hostedzone/Z' }],
  ])('is broken by a write to %s', async (_where, what) => {
    const broken = await brokenAfter(open => call(open, { ...what, run: stuckRun(open, 'dr', drill) }));
    expect(broken.filter(text => text.startsWith('drill: '))).toEqual([
      expect.stringMatching(/of a drill: /),
    ]);
  });

  it('holds for writes to the scratch namespace and to Velero, and for those of other runs', async () => {
    const broken = await brokenAfter(async open => {
      const run = stuckRun(open, 'dr', drill);
      for (const namespace of [scratch, 'velero']) {
        const resource = `/apis/apps/v1/namespaces/${namespace}/deployments/x`;
        await call(open, { step: 'drill', action: 'PATCH deployments', resource, run });
      }
      await call(open, { ...patch, run: stuckRun(open, 'dr') });
    });
    expect(broken.filter(text => text.startsWith('drill: '))).toEqual([]);
  });

  it('is broken by what is left', async () => {
    const broken = await brokenAfter(open => {
      stuckRun(open, 'dr', drill);
      const metadata = { name: 'left', namespace: scratch };
      open.night.clusters.dr.store.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: {} });
    });
    expect(broken).toContainEqual(`drill: ConfigMap ${scratch}/left is left on dr`);
  });

  it('is broken by a pod that starts on an empty volume', async () => {
    const broken = await brokenAfter(open => {
      stuckRun(open, 'dr', drill);
      const { store } = open.night.clusters.dr;
      const { name } = claim(open).metadata;
      store.create({ ...claim(open), metadata: { name, namespace: scratch } });
      store.create({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'web', namespace: scratch },
        spec: {
          containers: [{ name: 'c', image: 'velero/velero:v1.18.3' }],
          volumes: [{ name: 'v', persistentVolumeClaim: { claimName: name } }],
        },
      });
    }, 60);
    expect(broken).toContainEqual(
      expect.stringMatching(/^drill: pod web of the drill of sample-app started on dr/),
    );
  });
});

function report({ night }: OpenNight, run: string, quiet = false): void {
  const key = { pk: { S: `run#${run}` }, sk: { S: 'run' } };
  const doc = { M: { report: { M: {} }, ...(quiet ? { quiet: { BOOL: true } } : {}) } };
  night.sites.dr.dynamodb.table.write(key, { ...key, doc });
}

function tell({ night }: OpenNight, event: string, run: string | undefined): void {
  night.sites.dr.sns.messages.push({
    at: night.clock.now(),
    region: 'us-east-2',
    topicArn: 'arn:aws:sns:us-east-2:111122223333:on-call',
    subject: event,
    text: event,
    attributes: { event, ...(run === undefined ? {} : { run }) },
  });
}
