import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parse } from 'yaml';
import { jsonSchema } from '../../../lib/config';
import { SCHEMA_FILE, schemaText } from '../../../lib/config/json-schema';
import { changed, VALID } from './fixture';

const ROOT = path.join(__dirname, '../../..');

interface Validator {
  (value: unknown): boolean;
  errors?: unknown;
}

/** ajv is a dependency of asl-validator, which is one of ours: resolved from there, not by luck of hoisting. */
function validator(): Validator {
  const fromAslValidator = createRequire(require.resolve('asl-validator'));
  const { default: Ajv } = fromAslValidator('ajv') as {
    default: new (options: object) => { compile(schema: object): Validator };
  };
  return new Ajv({ allErrors: true, strict: true, strictRequired: false, strictTypes: false }).compile(
    jsonSchema(),
  );
}

const validate = validator();

function accepts(text: string): boolean {
  return validate(parse(text));
}

test('the committed file is current; if not: npx tsx lib/config/write-schema.ts', () => {
  expect(readFileSync(path.join(ROOT, SCHEMA_FILE), 'utf8')).toBe(schemaText());
});

test('it is draft-07, which the editors know, with a title and an id', () => {
  expect(jsonSchema()).toMatchObject({
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'urn:lifeboat:schema:lifeboat.yaml:1',
    title: 'lifeboat.yaml',
    additionalProperties: false,
    required: ['zone', 'sites', 'apps'],
    properties: { switch: { enum: ['standby-switch', 'cname'], default: 'standby-switch' } },
  });
});

interface Node {
  description?: string;
  properties?: Record<string, Node>;
  additionalProperties?: boolean | Node;
  items?: Node;
}

/** Every named property with its path. */
function properties(node: Node, at: string): [at: string, property: Node][] {
  const own = Object.entries(node.properties ?? {}).map(([key, child]): [string, Node] => [
    `${at}.${key}`,
    child,
  ]);
  const extra = typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined;
  const inner = [...own, [`${at}[]`, node.items] as const, [`${at}{}`, extra] as const];
  return [
    ...own,
    ...inner.flatMap(([where, child]) => (child === undefined ? [] : properties(child, where))),
  ];
}

test('every field has a description, and no object takes unknown keys', () => {
  const all = properties(jsonSchema() as Node, '');
  expect(all.length).toBeGreaterThan(50);
  expect(all.filter(([, { description }]) => (description ?? '') === '').map(([at]) => at)).toEqual([]);
  const open = all.filter(([, node]) => node.properties !== undefined && node.additionalProperties !== false);
  expect(open.map(([at]) => at)).toEqual([]);
});

describe('accepts', () => {
  test.each(['levlabs', 'five-apps'])('the example %s', name => {
    accepts(readFileSync(path.join(ROOT, `examples/${name}/lifeboat.yaml`), 'utf8'));
    expect(validate.errors).toBeNull();
  });

  test('the fixture', () => {
    accepts(VALID);
    expect(validate.errors).toBeNull();
  });
});

describe('refuses what the schema can see', () => {
  test.each([
    ['a duration', 'ttl: 10s', 'ttl: 10x'],
    ['a switch', 'switch: cname', 'switch: weighted'],
    ['an unknown key', '    dwell: 15s', '    dwel: 15s'],
    ['main without hosts', '    hosts: { primary: one.id.example, dr: two.id.example }\n', ''],
    ['ttl of a worker', 'namespaces: [worker]', 'namespaces: [worker]\n    ttl: 10s'],
    ['schedule and backup', 'schedule: shop', 'schedule: shop\n      backup: shop'],
    ['neither schedule nor backup', '      schedule: shop\n', ''],
    [
      'a notification with two keys',
      '- email: oncall@levlabs.link',
      '- email: oncall@levlabs.link\n    sms: "+14155550124"',
    ],
    ['a CronJob with replicas', 'name: nightly\n', 'name: nightly\n        replicas: { dr: 1 }\n'],
    ['an empty list of namespaces', 'namespaces: [identity]', 'namespaces: []'],
    ['a label key', 'labels: { site:', 'labels: { -site:'],
  ])('%s', (_what, from, to) => {
    expect(accepts(changed([from, to]))).toBe(false);
  });
});
