import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OpenSwitch, switchOver } from '../../cli/commands/switch';
import { FailoverPair } from '../../cli/failover-pair';
import { HealthCheckers } from '../../rehearsal/embedded/aws/health-checkers';
import { cname, world as routeWorld, ZONE } from '../rehearsal/aws/zone';
import { recording } from './recording';

const MAIN = 'main.levlabs.link';
const CHECK = 'calculated';

const yaml = (more: string, app = 'records: by-hand') => `
${more}
zone: { id: ${ZONE}, name: levlabs.link }
sites:
  primary: { region: us-east-1, cluster: p }
  dr: { region: us-east-2, cluster: d }
apps:
  - name: shop
    main: ${MAIN}
    hosts: { primary: primary.levlabs.link, dr: dr.levlabs.link }
    namespaces: [shop]
    ${app}
`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-switch-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A zone with a plain CNAME, and the checks of the pair that have looked at empty buckets. */
async function world({ looked = true, config = yaml('') } = {}) {
  let checkers: HealthCheckers | undefined;
  const route = routeWorld({
    checks: () => checkers ?? missing(),
    healthy: (id, at) => (checkers ?? missing()).isHealthy(id, at),
  });
  checkers = new HealthCheckers({
    clock: route.clock,
    seed: 'test',
    probe: async () => ({ ok: true, status: 403, body: '' }),
  });
  for (const [id, Inverted] of [
    ['d', true],
    ['q', true],
    ['r', false],
  ] as const) {
    checkers.add(id, {
      Type: 'HTTPS',
      FullyQualifiedDomainName: 'bucket.example',
      ResourcePath: `/${id}`,
      RequestInterval: 10,
      FailureThreshold: 1,
      Inverted,
    });
  }
  checkers.add(CHECK, { Type: 'CALCULATED', ChildHealthChecks: ['d', 'q', 'r'], HealthThreshold: 2 });
  if (looked) await route.clock.advance(60_000);
  const file = join(folder, 'lifeboat.yaml');
  writeFileSync(file, config);
  const open: OpenSwitch = async () => ({
    checks: new Map([['shop', CHECK]]),
    pair: () => new FailoverPair(route.route53, ZONE, route.clock),
  });
  const type = async (...args: string[]) => {
    const output = recording();
    const way = args.includes('--from') ? [] : ['--from', 'cname', '--to', 'standby-switch'];
    const exit = await route.run(switchOver([...way, ...args, '--config', file], output, route, open));
    return { exit, said: output.people.join('\n'), values: output.values };
  };
  const answers = () => route.zone.servers.map(server => route.target(server));
  return { ...route, type, answers };
}

function missing(): never {
  throw new Error('asked before there are checks');
}

const DIFF = [
  '  - main.levlabs.link 10 CNAME primary.levlabs.link',
  '  + main.levlabs.link 10 CNAME primary.levlabs.link (failover PRIMARY, health check calculated)',
  '  + main.levlabs.link 10 CNAME dr.levlabs.link (failover SECONDARY)',
].join('\n');

test('shows what it would change, and changes nothing', async () => {
  const { type, log } = await world();
  const { exit, said } = await type();
  expect(exit).toBe(0);
  expect(said).toContain(DIFF);
  expect(said).toContain('Nothing was changed. To do it: the same command with --yes');
  expect(log.calls.map(({ action }) => action)).not.toContain('ChangeResourceRecordSets');
});

test('does it when told, in one batch, and main answers primary on every server all the time', async () => {
  const { type, log, clock, answers, zone } = await world();
  const seen = new Set<string | undefined>();
  clock.every(100, () => {
    for (const answer of answers()) seen.add(answer);
  });
  const { exit, said } = await type('--yes');
  expect(exit).toBe(0);
  expect(said).toContain('shop: done.');
  expect(log.calls.filter(({ action }) => action === 'ChangeResourceRecordSets')).toHaveLength(1);
  await clock.advance(60_000);
  expect(seen).toEqual(new Set(['primary.levlabs.link.']));
  expect([...zone.records.values()].filter(({ Name }) => Name === `${MAIN}.`)).toHaveLength(2);
  expect(await type('--yes')).toMatchObject({
    exit: 0,
    said: 'shop: main.levlabs.link has its two failover records already.',
  });
});

test('waits for checks that have not looked: new ones would send main to dr', async () => {
  const { type, log } = await world({ looked: false });
  const { exit, said } = await type('--yes');
  expect(exit).toBe(1);
  expect(said).toMatch(/^shop: Nobody has looked at https:\/\/bucket.example\/\w yet/);
  expect(log.calls.map(({ action }) => action)).not.toContain('ChangeResourceRecordSets');
});

test('leaves a record alone that somebody has changed', async () => {
  const { type, zone } = await world();
  zone.seed(cname(MAIN, 'maintenance.example.net'));
  const { exit, said } = await type('--yes');
  expect(exit).toBe(1);
  expect(said).toContain('points to maintenance.example.net');
});

test('takes nothing when main changes between the look and the change', async () => {
  const { type, route53, zone, answers, clock } = await world();
  const send = route53.send.bind(route53) as (command: object, options?: object) => Promise<unknown>;
  Object.assign(route53, {
    send: (command: object, options?: object) => {
      if (command.constructor.name.startsWith('Change')) zone.seed(cname(MAIN, 'maintenance.example.net'));
      return send(command, options);
    },
  });
  await expect(type('--yes')).rejects.toMatchObject({ name: 'RecordChanged' });
  await clock.advance(60_000);
  expect(new Set(answers())).toEqual(new Set(['maintenance.example.net.']));
});

test('prints its plan as JSON', async () => {
  const { values } = await (await world()).type('--format', 'json');
  expect(values).toEqual([
    {
      from: 'cname',
      to: 'standby-switch',
      done: false,
      apps: [{ app: 'shop', main: MAIN, done: false, plan: expect.objectContaining({ action: 'replace' }) }],
    },
  ]);
});

test.each<[string, string[], string, string]>([
  [
    'another way',
    ['--from', 'standby-switch', '--to', 'cname'],
    yaml(''),
    'The only way that is built is --from cname',
  ],
  [
    'a configuration that has cname',
    [],
    yaml('switch: cname'),
    'The configuration has switch: cname. Write switch: standby-switch',
  ],
  ['records that the stack makes', [], yaml('', ''), 'No app has records: by-hand'],
  [
    'an app that is not there',
    ['--app', 'blog'],
    yaml(''),
    '"blog" is no app with a main name and records: by-hand',
  ],
])('refuses %s: bad usage', async (_, args, config, text) => {
  const { type } = await world({ config });
  await expect(type(...args)).rejects.toMatchObject({
    name: 'BadUsage',
    message: expect.stringContaining(text),
  });
});
