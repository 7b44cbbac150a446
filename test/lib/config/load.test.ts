import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigInvalid, ConfigMissing, format, loadConfig, parseConfig } from '../../../lib/config';
import { brief, changed, lineOf, problemsIn, VALID } from './fixture';

const EMPTY = 'the file is empty; start from a copy of examples/levlabs/lifeboat.yaml';

test('ten mistakes of all kinds are ten problems, in the order of the file', () => {
  const text = changed(
    ['  name: levlabs.link\nsites', '  name: levlabs.link\n  name: levlabs.link\nsites'],
    ['region: us-east-2', 'region: us-east-1'],
    ['switch: cname', 'switch: weighted'],
    ['expect: 401', 'expected: 401'],
    ['ttl: 10s', 'ttl: 10x'],
    ['kind: Deployment', 'kind: Pod'],
    ['        name: nightly\n', '        name: nightly\n        replicas: { dr: 2 }\n'],
    ['after: [identity]', 'after: [identiti]'],
    ['    namespaces: [identity]\n', ''],
    ['namespaces: [worker]', 'namespaces: [shop]'],
  );
  expect(problemsIn(text).map(format)).toEqual([
    'lifeboat.yaml:6:3 zone.name: the key "name" stands twice, first on line 5; keep one',
    'lifeboat.yaml:12:13 sites.dr.region: "us-east-1" is the Region of the primary too; a lost Region would take both sites, so use another',
    'lifeboat.yaml:18:9 switch: "weighted" is not built yet; use standby-switch or cname',
    'lifeboat.yaml:28:5 dependencies[0].expected: "expected" is not known here; did you mean expect?',
    'lifeboat.yaml:40:10 apps[0].ttl: "10x" is not a duration; write it like 10s, 90m or 1h30m',
    'lifeboat.yaml:43:15 apps[0].workloads[0].kind: "Pod" is not a kind of workload; write Deployment, StatefulSet or CronJob',
    'lifeboat.yaml:50:9 apps[0].workloads[1].replicas: a CronJob has no replicas, it is suspended and resumed; remove them',
    'lifeboat.yaml:69:13 apps[0].after[0]: no app is named "identiti"; did you mean identity?',
    'lifeboat.yaml:70:5 apps[1].namespaces: is missing; write the namespaces that are the app, like [sample-app]',
    'lifeboat.yaml:78:18 apps[2].namespaces[0]: "shop" belongs to apps[0] already; two apps cannot share a namespace',
  ]);
});

test('the error carries the problems with their values, and its message is one line for each', () => {
  const read = () =>
    parseConfig(changed(['ttl: 10s', 'ttl: 10x'], ['dwell: 15s', 'dwell: 1s']), 'a/lifeboat.yaml');
  expect(read).toThrow(ConfigInvalid);
  expect(read).toThrow(
    expect.objectContaining({
      name: 'ConfigInvalid',
      problems: [
        {
          file: 'a/lifeboat.yaml',
          line: 39,
          column: 10,
          path: 'apps[0].ttl',
          value: '10x',
          message: '"10x" is not a duration; write it like 10s, 90m or 1h30m',
        },
        expect.objectContaining({ path: 'apps[0].dwell', value: '1s' }),
      ],
      message:
        'a/lifeboat.yaml:39:10 apps[0].ttl: "10x" is not a duration; write it like 10s, 90m or 1h30m\n' +
        `a/lifeboat.yaml:${lineOf(VALID, 'dwell: 15s')}:12 apps[0].dwell: "1s" is too short; write a duration from 5s to 10m`,
    }),
  );
});

describe('the text as a whole', () => {
  test.each([
    ['nothing', '', [[1, '', EMPTY]]],
    ['comments only', '# nothing yet\n', [[1, '', EMPTY]]],
    ['a marker only', '---\n', [[1, '', EMPTY]]],
    ['null', 'null\n', [[1, '', EMPTY]]],
    ['a list', '# apps\n- a\n', [[2, '', 'a list is not a map; start with version: 1']]],
    ['a word', 'lifeboat\n', [[1, '', '"lifeboat" is not a map; start with version: 1']]],
    [
      'a second document',
      `${VALID}---\nversion: 1\n`,
      [
        [
          lineOf(VALID, 'after: [shop]') + 1,
          '',
          'a second document starts here; one file holds one configuration, so remove this part',
        ],
      ],
    ],
    ['an open quote', 'name: "abc\n', [[2, '', 'YAML cannot be read here: Missing closing "quote']]],
    ['a tab', 'zone:\n\tid: a\n', [[2, '', 'YAML cannot be read here: Tabs are not allowed as indentation']]],
    [
      'two colons',
      'name: a: b\n',
      [[1, '', 'YAML cannot be read here: Nested mappings are not allowed in compact mappings']],
    ],
    ['nothing as key', ': b\n', [[1, '', 'a key must be a plain word']]],
    ['a list as key', `? [a]\n: b\n`, [[1, '', 'a key must be a plain word']]],
  ])('%s', (_what, text, expected) => {
    expect(brief(text)).toEqual(expected);
  });

  test('a marker before the only document, Windows line ends and a byte order mark are fine', () => {
    expect(brief(`\ufeff---\n${VALID}`.replaceAll('\n', '\r\n'))).toEqual([]);
  });

  test('a tag is reported', () => {
    expect(brief(changed(['ttl: 10s', 'ttl: !duration 10s']))).toEqual([
      [39, '', 'Unresolved tag: !duration; write the value without a tag'],
    ]);
  });

  test('a key that stands twice is reported beside other problems, and the last one counts', () => {
    expect(brief(changed(['    ttl: 10s', '    ttl: 10s\n    ttl: 10x']))).toEqual([
      [40, 'apps[0].ttl', 'the key "ttl" stands twice, first on line 39; keep one'],
      [40, 'apps[0].ttl', '"10x" is not a duration; write it like 10s, 90m or 1h30m'],
    ]);
  });
});

describe('anchors, aliases and merge keys', () => {
  const withHealth = (identity: string) =>
    changed(
      ['    health:\n', '    health: &health\n'],
      ['    namespaces: [identity]', `${identity}\n    namespaces: [identity]`],
    );

  test('work as in every YAML file', () => {
    const config = parseConfig(withHealth('    health: *health'), 'lifeboat.yaml');
    expect(config.apps[1]?.endpoint?.health).toEqual({ path: '/healthz', status: 200, body: 'ok' });
    const merged = parseConfig(withHealth('    health: { <<: *health, status: 204 }'), 'lifeboat.yaml');
    expect(merged.apps[1]?.endpoint?.health).toEqual({ path: '/healthz', status: 204, body: 'ok' });
  });

  test('a problem in what they name is reported where it is written, once for each use', () => {
    const broken = (identity: string) =>
      brief(withHealth(identity).replace('path: /healthz', 'path: healthz'));
    const message = '"healthz" is not a path; write it with a slash first and no spaces, like /healthz';
    const both = [
      [lineOf(VALID, 'path: /healthz'), 'apps[0].health.path', message],
      [lineOf(VALID, 'path: /healthz'), 'apps[1].health.path', message],
    ];
    expect(broken('    health: *health')).toEqual(both);
    expect(broken('    health: { <<: *health, status: 204 }')).toEqual(both);
    expect(broken('    health: { <<: [*health], status: 204 }')).toEqual(both);
  });

  test.each([
    ['health: *nobody', '*nobody names no anchor; set &nobody on an earlier value', 'apps[1].health'],
    [
      'health: &self { path: *self }',
      '*self stands inside of the value that it names; write the value out',
      'apps[1].health.path',
    ],
    ['health: { <<: 5 }', '<< takes a map, or *name of one, or a list of these', 'apps[1].health'],
    ['health: { <<: *nobody }', '*nobody names no anchor; set &nobody on an earlier value', 'apps[1].health'],
  ])('%s', (line, message, where) => {
    const text = withHealth(`    ${line}`);
    expect(brief(text)).toEqual([[lineOf(text, line), where, message]]);
  });

  test('aliases that multiply are refused, not followed', () => {
    const levels = Array.from(
      { length: 9 },
      (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`,
    );
    const text = ['l0: &l0 [a, a, a]', ...levels].join('\n');
    expect(brief(text)).toEqual([
      [1, '', expect.stringMatching(/^the aliases \(\*name\) cannot be followed: Excessive alias count/)],
    ]);
  });
});

describe('the file', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'lifeboat-config-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is read and named as the user named it', () => {
    const file = path.join(folder, 'mine.yaml');
    writeFileSync(file, VALID);
    expect(loadConfig(file).name).toBe('levlabs');
    writeFileSync(file, 'a: [');
    expect(() => loadConfig(file)).toThrow(`${file}:1:5 YAML cannot be read here`);
  });

  test('that is missing gives the next step', () => {
    const file = path.join(folder, 'none.yaml');
    expect(() => loadConfig(file)).toThrow(ConfigMissing);
    expect(() => loadConfig(file)).toThrow(
      `There is no configuration at ${file}. Go to the folder that holds lifeboat.yaml, or name the file with --config FILE, or start from a copy of examples/levlabs/lifeboat.yaml.`,
    );
  });

  test('that is a folder gives the next step', () => {
    expect(() => loadConfig(folder)).toThrow(
      `${folder} is a folder. Name the file in it: --config ${path.join(folder, 'lifeboat.yaml')}`,
    );
  });

  test('that cannot be read gives the reason', () => {
    const file = path.join(folder, 'a'.repeat(300));
    expect(() => loadConfig(file)).toThrow(
      `The configuration ${file} cannot be read (ENAMETOOLONG). Check its permissions, or name another file with --config FILE.`,
    );
  });
});
