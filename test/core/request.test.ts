import { BadRequest } from '../../core/errors';
import { parseRequest } from '../../core/request';
import { app, config, worker } from './builders';

const both = config([app(), worker()]);
const problem = (input: unknown) => {
  try {
    parseRequest(input, both, 'dr');
  } catch (error) {
    if (error instanceof BadRequest) return error.message;
    throw error;
  }
  return undefined;
};

it('takes the shortest request for one by a person, for every app', () => {
  expect(parseRequest({ activate: 'dr' }, both, 'dr')).toEqual({
    activate: 'dr',
    startedBy: 'person',
    reason: 'started by hand',
    acceptOldBackup: false,
  });
});

it('takes every field, and each app once', () => {
  const input = {
    activate: 'dr',
    mode: 'failover',
    startedBy: 'alarm',
    reason: 'Alarm',
    apps: ['shop', 'shop'],
    acceptOldBackup: true,
  };
  expect(parseRequest(input, both, 'dr')).toEqual({
    activate: 'dr',
    startedBy: 'alarm',
    reason: 'Alarm',
    apps: ['shop'],
    acceptOldBackup: true,
  });
});

it.each([
  ['nothing', undefined, 'The input is missing.'],
  ['null', null, 'The input is null.'],
  ['a list', [1], 'The input is [1].'],
  ['a text', 'dr', 'The input is "dr".'],
  ['another site', { activate: 'drr' }, '"activate" is "drr"; expected is "dr".'],
  ['no site', {}, '"activate" is missing; expected is "dr".'],
  ['the other site', { activate: 'primary' }, 'start the one of the same name in us-east-1 for "primary"'],
  [
    'a mode that is not built',
    { activate: 'dr', mode: 'drill' },
    '"mode" is "drill"; the only mode that is built is "failover".',
  ],
  ['an unknown field', { activate: 'dr', app: 'x' }, 'Unknown: "app"; known are'],
  [
    'no list of apps',
    { activate: 'dr', apps: 'shop' },
    '"apps" is "shop"; expected is a list of names out of shop, mailer',
  ],
  ['an empty list of apps', { activate: 'dr', apps: [] }, '"apps" is []'],
  ['apps that are no texts', { activate: 'dr', apps: [1] }, '"apps" is [1]'],
  [
    'an unknown app',
    { activate: 'dr', apps: ['shop', 'x'] },
    '"apps" names "x"; the configuration has shop, mailer.',
  ],
  ['a reason that is no text', { activate: 'dr', reason: 1 }, '"reason" is 1'],
  [
    'a reason that is too long',
    { activate: 'dr', reason: 'x'.repeat(501) },
    'expected is a text of at most 500 characters.',
  ],
  ['an unknown starter', { activate: 'dr', startedBy: 'cat' }, '"startedBy" is "cat"'],
  [
    'a word for true',
    { activate: 'dr', acceptOldBackup: 'true' },
    '"acceptOldBackup" is "true"; expected is true or false.',
  ],
])('refuses %s and says what is expected', (_name, input, expected) => {
  expect(problem(input)).toContain(expected);
  expect(problem(input)).toContain('{"activate": "dr"}');
});

it('says everything that is wrong at once, and cuts what is long', () => {
  const said = problem({ activate: 'x'.repeat(200), mode: 1, more: true });
  expect(said).toContain('Unknown: "more"');
  expect(said).toContain('"mode" is 1');
  expect(said).toContain(`"activate" is "${'x'.repeat(76)}...`);
});
