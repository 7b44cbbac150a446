import type { SiteName } from '../../../core/config';
import { STEPS, type StepName } from '../../../core/phases';
import type { Statement } from '../../../rehearsal/embedded/cloud/iam';
import type { DeployedStack } from '../../../rehearsal/embedded/cloud/template';
import type { KubeObject } from '../../../rehearsal/embedded/kubernetes/object';
import type { TransportFault } from '../../../rehearsal/embedded/kubernetes/transport';
import { at, example, type Happening, scenario, withSwitch } from './examples';
import { type OpenNight, onFirst, type Played, type PlayOptions, play } from './play';

jest.setTimeout(300_000);

const levlabs = example('levlabs');
const onCname = withSwitch(levlabs, 'cname');
const lost = at(30, { do: 'lose-region', site: 'primary' });
const started = at(35, {
  do: 'start',
  site: 'dr',
  input: { activate: 'dr', startedBy: 'alarm', reason: 'the alarm' },
});

/** What a failover that goes well never asks. */
const ELSEWHERE: readonly StepName[] = ['rollback', 'drill', 'cleanup'];

/** A night in which the Region is lost, with one thing out of order. */
function nightWith(
  fault: Partial<PlayOptions> & { withNight?: (open: OpenNight) => void },
  night: Happening[] = [lost, started],
): Promise<Played> {
  return play({ ...levlabs, scenario: scenario(night), ...fault });
}

function expectSuccess(played: Played): void {
  expect(played.told).toEqual(['start', 'succeeded']);
  expect(new Set(played.main)).toEqual(new Set(['dr']));
  expect(played.restores.created).toHaveLength(1);
  expect(played.swaps).toBe(1);
  expect(played.broken()).toEqual([]);
}

function expectUnmoved(played: Played): void {
  expect(new Set(played.main)).toEqual(new Set(['primary']));
  expect(played.swaps).toBe(0);
  expect(played.broken()).toEqual([]);
}

/** How the first run ended; what the alarm starts later is refused, since the app cools down. */
function firstEnd({ told }: Played): string | undefined {
  return told.find(event => event !== 'start');
}

/** Calls of a step to a service that ended so. */
function outcomes({ night }: Played, service: string, outcome: string): number {
  return night.calls.calls.filter(call => call.service === service && call.outcome === outcome).length;
}

it('succeeds when nothing is out of order', async () => {
  expectSuccess(await nightWith({}));
});

describe('an RBAC rule that is missing', () => {
  /** Lifeboat's RBAC of dr without one verb on one resource in the role of one step. */
  function without(step: StepName, resource: string, verb: string): NonNullable<PlayOptions['rbac']> {
    return (objects, site) =>
      site === 'dr' ? objects.map(object => narrowed(object, step, resource, verb)) : objects;
  }

  function narrowed(object: KubeObject, step: StepName, resource: string, verb: string): KubeObject {
    if (!object.kind.endsWith('Role') || object.metadata.name !== `lifeboat-${step}`) return object;
    const rules = (object.rules as { resources?: string[]; verbs: string[] }[]).map(rule =>
      rule.resources?.includes(resource)
        ? { ...rule, verbs: rule.verbs.filter(each => each !== verb) }
        : rule,
    );
    return { ...object, rules };
  }

  it.each([
    ['preflight', 'nodes', 'list', 'refused'],
    ['preflight', 'backups', 'list', 'refused'],
    ['restore', 'restores', 'create', 'rolled-back'],
    ['restore', 'configmaps', 'create', 'rolled-back'],
    ['scale', 'deployments', 'patch', 'rolled-back'],
    ['scale', 'pods', 'list', 'rolled-back'],
  ] as const)(
    'for %s of %s to %s ends the run as it should, and the message says to apply the RBAC',
    async (step, resource, verb, outcome) => {
      const played = await nightWith({ rbac: without(step, resource, verb) });
      expect(firstEnd(played)).toBe(outcome);
      expect(played.text).toContain("Apply Lifeboat's RBAC: npx lifeboat rbac --site ");
      expect(outcomes(played, 'kubernetes', 'Forbidden')).toBeGreaterThan(0);
      expectUnmoved(played);
    },
  );

  it.each([
    ['fence', 'pods', 'list'],
    ['backup', 'backups', 'create'],
    ['backup', 'pods', 'create'],
    ['backup', 'podvolumebackups', 'list'],
  ] as const)(
    'for %s of %s to %s brings the site back that a switchover was about to leave',
    async (step, resource, verb) => {
      const rbac = (objects: KubeObject[], site: SiteName) =>
        site === 'primary' ? objects.map(object => narrowed(object, step, resource, verb)) : objects;
      const asked = at(150, { do: 'start', site: 'dr', input: { activate: 'dr', mode: 'switchover' } });
      const played = await nightWith({ rbac }, [asked]);
      expect(firstEnd(played)).toBe('rolled-back');
      expect(played.text).toContain('primary was brought back');
      expectUnmoved(played);
    },
  );

  it('of a drill fails it, and all that it had made is removed', async () => {
    const asked = at(150, { do: 'start', site: 'dr', input: { activate: 'dr', mode: 'drill' } });
    const played = await nightWith({ rbac: without('drill', 'ingresses', 'create') }, [asked]);
    expect(firstEnd(played)).toBe('rolled-back');
    expect(played.text).toContain('The drill failed: ');
    expectUnmoved(played);
  });

  it('is nothing to the run when it is the lost site that lacks it', async () => {
    const rbac = (objects: KubeObject[], site: SiteName) => (site === 'primary' ? [] : objects);
    expectSuccess(await nightWith({ rbac }));
  });
});

describe('an IAM permission that is missing', () => {
  type Stacks = Record<SiteName | 'global', DeployedStack>;

  function without(action: string, role: string): (stacks: Stacks) => Stacks {
    // In both: see template.test.ts, of the names of roles.
    return stacks => ({
      ...stacks,
      primary: narrowed(stacks.primary, action, role),
      dr: narrowed(stacks.dr, action, role),
    });
  }

  function narrowed(stack: DeployedStack, action: string, role: string): DeployedStack {
    const ofType = (type: string) =>
      stack.ofType(type).map(([id, properties]): [string, Record<string, unknown>] => {
        const { PolicyDocument, Roles } = properties as {
          PolicyDocument?: { Statement: Statement[] };
          Roles?: string[];
        };
        if (!PolicyDocument || !Roles?.some(name => name.includes(role))) return [id, properties];
        const Statement = PolicyDocument.Statement.map(statement => ({
          ...statement,
          Action: [statement.Action].flat().filter(each => each !== action),
        }));
        return [id, { ...properties, PolicyDocument: { Statement } }];
      });
    return Object.assign(Object.create(stack) as DeployedStack, { ofType });
  }

  it.each([
    ['cname', 'route53:ChangeResourceRecordSets'],
    ['standby-switch', 's3:PutObject'],
  ] as const)(
    'to change main by %s lets the run roll back, and the message says which',
    async (by, action) => {
      const played = await nightWith({ ...withSwitch(levlabs, by), stacks: without(action, 'flip') });
      expect(firstEnd(played)).toBe('rolled-back');
      expect(played.text).toContain(`not authorized to perform: ${action}`);
      expect(played.text).toContain('cdk deploy');
      expectUnmoved(played);
    },
  );

  it('to look up the cluster lets the run be refused before anything is touched', async () => {
    const played = await nightWith({ stacks: without('eks:DescribeCluster', 'preflight') });
    expect(firstEnd(played)).toBe('refused');
    expect(played.text).toContain('eks:DescribeCluster');
    expectUnmoved(played);
  });
});

describe('an AWS service that throttles for a while', () => {
  it('does not stop the run when it is Route 53', async () => {
    const played = await nightWith({
      ...onCname,
      withNight: ({ night }) =>
        onFirst(night, 'flip', 'ListResourceRecordSets', () => night.route53.endpoint.throttle(4)),
    });
    expect(outcomes(played, 'route53', 'Throttling')).toBe(4);
    expectSuccess(played);
  });

  it('does not stop the run when it is S3', async () => {
    const played = await nightWith({
      withNight: ({ night }) =>
        onFirst(night, 'flip', 'ListObjectsV2', () => night.s3.dr.endpoint.throttle(4)),
    });
    expect(outcomes(played, 's3', 'SlowDown')).toBe(4);
    expectSuccess(played);
  });

  it.each(STEPS.filter(step => !ELSEWHERE.includes(step)))(
    'does not stop the run when it is the ledger during %s',
    async step => {
      const played = await nightWith({
        withNight: ({ night }) =>
          onFirst(night, step, 'GetItem', () => night.sites.dr.dynamodb.endpoint.throttle(3)),
      });
      expect(outcomes(played, 'dynamodb', 'ThrottlingException')).toBe(3);
      expectSuccess(played);
    },
  );

  it('does not stop the run when it is SNS, which loses no message', async () => {
    const played = await nightWith({
      withNight: ({ night }) =>
        onFirst(night, 'report', 'Publish', () => night.sites.dr.sns.endpoint.throttle(3)),
    });
    expect(outcomes(played, 'sns', 'ThrottledException')).toBe(3);
    expectSuccess(played);
  });
});

describe('an answer that is lost on its way back', () => {
  it.each([
    ['cname', 'ChangeResourceRecordSets'],
    ['standby-switch', 'PutObject'],
  ] as const)('of a change by %s does not change main twice', async (by, action) => {
    const played = await nightWith({
      ...withSwitch(levlabs, by),
      withNight: ({ night }) =>
        onFirst(night, 'flip', action, () =>
          (by === 'cname' ? night.route53 : night.s3.dr).endpoint.loseReplies(1),
        ),
    });
    expect(new Set(played.main)).toEqual(new Set(['dr']));
    expect(played.told).toEqual(['start', 'succeeded']);
    expect(played.restores.created).toHaveLength(1);
    // The change whose answer was lost is the only one.
    expect(played.swaps).toBe(0);
    const changes = played.night.calls.calls.filter(
      each => each.action === action && each.service !== 'dynamodb',
    );
    expect(changes).toMatchObject([{ outcome: 'AbortError' }]);
  });

  it('of the switch, while S3 is silent and name servers lag, leaves dr up for when main comes', async () => {
    const played = await nightWith({
      withNight: ({ night }) =>
        onFirst(night, 'flip', 'PutObject', () => {
          night.s3.dr.endpoint.loseReplies(1);
          night.clock.after(3_000, () => {
            night.s3.dr.endpoint.state = 'hang';
          });
          for (const zone of night.zones.values())
            for (const server of zone.servers) zone.lag(server, 120_000);
        }),
    });
    expect(firstEnd(played)).toBe('needs-attention');
    expect(played.text).toContain('It is not known whether main will still move to dr');
    expect(played.text).toContain('Nothing was undone');
    expect(new Set(played.main)).toEqual(new Set(['dr']));
    // No run had an answer for what it wrote; and whoever came with main was served.
    expect(played.broken()).toEqual([expect.stringMatching(/^I9: main went to dr/)]);
  });

  it('of the switch with nothing after it does not let main go to a site that is scaled down', async () => {
    const played = await nightWith({
      withNight: ({ night }) =>
        onFirst(night, 'flip', 'PutObject', () => {
          night.s3.dr.endpoint.loseReplies(1);
          night.clock.after(3_500, () => {
            night.s3.dr.endpoint.state = 'hang';
          });
        }),
    });
    expect(played.main).toContain('dr');
    expect(played.broken().filter(text => text.startsWith('I1'))).toEqual([]);
  });

  it.each(['admit', 'turn', 'restore', 'flip', 'close', 'report'] as const)(
    'of a write to the ledger in %s is no obstacle',
    async step => {
      const played = await nightWith({
        withNight: ({ night }) =>
          onFirst(night, step, 'PutItem', () => night.sites.dr.dynamodb.endpoint.loseReplies(1)),
      });
      expect(outcomes(played, 'dynamodb', 'AbortError')).toBe(1);
      expectSuccess(played);
    },
  );
});

describe('an alarm that EventBridge delivers twice', () => {
  it('moves the app once, and on-call hears of one run', async () => {
    const twice = ({ night }: OpenNight) => {
      const put = night.bridge.put.bind(night.bridge);
      night.bridge.put = (region, event, bus) => {
        put(region, event, bus);
        if (event.source === 'aws.cloudwatch') put(region, event, bus);
      };
    };
    // Quicker than the guard, and once more by its ordinary way.
    const played = await nightWith({ withNight: twice }, [
      at(90, { do: 'lose-region', site: 'primary' }),
      at(95, { do: 'alarm', site: 'primary' }),
    ]);
    expect(played.night.sites.dr.machine.executions()).toHaveLength(1);
    expect(played.runs).toHaveLength(1);
    expectSuccess(played);
  });
});

describe('trouble that passes', () => {
  it('in the Lambda of each step does not stop the run', async () => {
    const failed = new Set<StepName>();
    const played = await nightWith({
      withNight: ({ night }) => {
        const { functions } = night.sites.dr;
        const invoke = functions.invoke.bind(functions);
        const steps = new Map(STEPS.map(step => [functions.arnOf(step), step]));
        functions.invoke = async (arn, payload) => {
          const step = steps.get(arn);
          if (!step || failed.has(step)) return invoke(arn, payload);
          failed.add(step);
          throw Object.assign(new Error('Service is unavailable'), { name: 'Lambda.ServiceException' });
        };
      },
    });
    expect(failed.size).toBe(STEPS.length - ELSEWHERE.length);
    expectSuccess(played);
  });

  /** The cluster of dr answers so to the first questions of each of these steps; a state is tried six times more. */
  function troubleWith(fault: TransportFault, of: (step: string) => boolean, times: number) {
    const troubled = new Map<string, number>();
    return ({ night }: OpenNight) =>
      night.transport.faults.push((_request, cluster) => {
        const { run, step = '' } = night.calls.calls.at(-1) ?? {};
        const count = troubled.get(step) ?? 0;
        if (run === undefined || !of(step) || count === times || cluster !== night.clusters.dr)
          return undefined;
        troubled.set(step, count + 1);
        return fault;
      });
  }

  it.each<[string, TransportFault]>([
    ['an answer 500', { status: 500 }],
    ['an answer 503', { status: 503 }],
    ['a refused connection', 'refuse'],
  ])('as %s to questions to the cluster does not stop the run', async (_what, fault) => {
    const played = await nightWith({ withNight: troubleWith(fault, step => step !== 'preflight', 3) });
    const troubled = played.night.calls.calls.filter(
      ({ service, outcome, run, region }) =>
        service === 'kubernetes' && run !== undefined && outcome !== 'ok' && region === 'us-east-2',
    );
    expect(troubled.map(({ step }) => step)).toEqual([
      ...Array(3).fill('restore'),
      ...Array(3).fill('scale'),
    ]);
    expectSuccess(played);
  });

  // The alarm fires once: what is refused for one bad answer stays where it is until a person wakes up.
  it('as one answer 503 in the preflight does not refuse the only run of the night', async () => {
    const played = await nightWith({
      withNight: troubleWith({ status: 503 }, step => step === 'preflight', 1),
    });
    expectSuccess(played);
  });

  it('as one handshake that is lost on the way to dr does not refuse the only run of the night', async () => {
    const played = await nightWith({
      withNight: ({ night }) => {
        const exchange = night.internet.exchange.bind(night.internet);
        let lost = false;
        night.internet.exchange = async request => {
          const step = night.calls.calls.at(-1)?.step;
          const toDr = night.clusters.dr.loadBalancer.addresses.includes(request.address);
          if (lost || step !== 'preflight' || !toDr || request.from !== 'us-east-2') return exchange(request);
          lost = true;
          await night.clock.sleep(request.deadlineMs);
          return { ok: false, failure: 'timeout', detail: 'lost on the way' };
        };
      },
    });
    expectSuccess(played);
  });
});

describe('a mistake of Lifeboat', () => {
  interface Rule {
    conditions: { groupResource: string };
  }

  /** Rewrites the restore's modifiers on their way to the cluster. */
  function withRules(change: (rules: Rule[]) => Rule[]) {
    return ({ night }: OpenNight) => {
      const exchange = night.transport.exchange.bind(night.transport);
      night.transport.exchange = (access, request) => {
        const { data } = (request.body ?? {}) as { data?: Record<string, string> };
        const text = request.method === 'POST' ? data?.['modifiers.yaml'] : undefined;
        if (text === undefined) return exchange(access, request);
        const file = JSON.parse(text) as { resourceModifierRules: Rule[] };
        const changed = { ...file, resourceModifierRules: change(file.resourceModifierRules) };
        const body = { ...(request.body as object), data: { 'modifiers.yaml': JSON.stringify(changed) } };
        return exchange(access, { ...request, body });
      };
    };
  }

  const withoutRuleFor = (resource: string) =>
    withRules(rules => rules.filter(({ conditions }) => conditions.groupResource !== resource));

  it('that lets the restored pods keep what they are is noticed: they start before their data are there', async () => {
    const played = await nightWith({ withNight: withoutRuleFor('pods') });
    expect(played.broken()).toEqual([expect.stringMatching(/^I8: pod sample-app-.* with nothing on volume/)]);
  });

  it('that restores claims as they were is noticed: the restore does not complete', async () => {
    const played = await nightWith({ withNight: withoutRuleFor('persistentvolumeclaims') });
    expect(firstEnd(played)).toBe('rolled-back');
    expect(played.text).toContain('PartiallyFailed');
    expectUnmoved(played);
  });

  /** A step of dr says this without having done anything. */
  function pretending(step: StepName, answer: object) {
    return ({ night }: OpenNight) => {
      const { functions } = night.sites.dr;
      const invoke = functions.invoke.bind(functions);
      const arn = functions.arnOf(step);
      functions.invoke = async (asked, payload) => (asked === arn ? answer : invoke(asked, payload));
    };
  }

  const DONE = { done: true, waitSeconds: 0, detail: '' };

  it('that restores nothing moves nothing: pods without their data do not become Ready', async () => {
    const played = await nightWith({ withNight: pretending('restore', DONE) });
    expect(firstEnd(played)).toBe('rolled-back');
    expect(played.text).toContain('pods are Ready');
    expectUnmoved(played);
  });

  it('that verifies nothing moves nothing: Flip wants to have seen it', async () => {
    const played = await nightWith({ withNight: pretending('verify', DONE) });
    expect(firstEnd(played)).toBe('rolled-back');
    expect(played.text).toContain('was not verified in this run');
    expectUnmoved(played);
  });

  it('that calls a site down which serves is noticed: the run had no reason to change anything', async () => {
    const withNight = pretending('assess', { ...DONE, apps: ['sample-app'] });
    const played = await nightWith({ withNight }, [started]);
    expect(played.broken()).toEqual([expect.stringMatching(/^I4: run .* changed sample-app at /)]);
  });

  it('that forgets its report is noticed: nobody is told', async () => {
    const withNight = pretending('report', { outcome: 'succeeded', summary: '' });
    const played = await nightWith({ withNight });
    expect(played.broken()).toEqual([expect.stringMatching(/^I5: .*nobody was told how run/)]);
  });
});
