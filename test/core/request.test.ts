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
    mode: 'failover',
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
    mode: 'failover',
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
    'an unknown mode',
    { activate: 'dr', mode: 'switch' },
    '"mode" is "switch"; expected is "failover" or "switchover" or "drill".',
  ],
  [
    'a switchover that no person asks for',
    { activate: 'dr', mode: 'switchover', startedBy: 'alarm' },
    '"mode" is "switchover", which only a person may ask for.',
  ],
  [
    'a drill that no person asks for',
    { activate: 'dr', mode: 'drill', startedBy: 'alarm' },
    '"mode" is "drill", which only a person may ask for.',
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

it.each([
  [{ activate: 'dr', mode: 'failover' }, 'a failover'],
  [{ activate: 'dr', mode: 'switchover' }, 'a switchover'],
  [{ activate: 'dr', mode: 'switchover', startedBy: 'person' }, 'a switchover by a person'],
  [{ activate: 'dr', mode: 'drill' }, 'a drill'],
  [{ activate: 'dr', reason: 'x'.repeat(500) }, 'a reason of 500 characters'],
  [{ activate: 'dr', reason: '' }, 'an empty reason'],
  [{ activate: 'dr', startedBy: 'person' }, 'a person'],
  [{ activate: 'dr', acceptOldBackup: false }, 'a plain no'],
  [{ activate: 'dr', apps: ['mailer'] }, 'one app'],
  [{ activate: 'dr', reason: undefined, apps: undefined, mode: undefined }, 'fields that are not there'],
])('takes %j: %s', (input: object, _what: string) => {
  expect(problem(input)).toBeUndefined();
});

it('keeps the order of the apps and the words of the starter', () => {
  expect(
    parseRequest(
      { activate: 'dr', apps: ['mailer', 'shop', 'mailer'], reason: 'Region is gone' },
      both,
      'dr',
    ),
  ).toMatchObject({
    apps: ['mailer', 'shop'],
    reason: 'Region is gone',
  });
});

it('is the whole message, for a start at the wrong state machine', () => {
  expect(problem({ activate: 'primary' })).toBe(
    '"activate" is "primary", and this state machine activates "dr" only; start the one of the same name in us-east-1 for "primary". At its shortest the input is {"activate": "dr"}. Nothing was touched.',
  );
});

it('takes nobody for an alarm, or for a yes, by mistake', () => {
  expect(parseRequest({ activate: 'primary' }, both, 'primary')).toMatchObject({
    activate: 'primary',
    startedBy: 'person',
    acceptOldBackup: false,
  });
  for (const acceptOldBackup of ['true', 1, null, [], {}])
    expect(problem({ activate: 'dr', acceptOldBackup })).toContain('"acceptOldBackup" is');
  for (const startedBy of ['Alarm', '', null, true])
    expect(problem({ activate: 'dr', startedBy })).toContain('"startedBy" is');
});

it('shows 80 characters of a value, and cuts longer ones', () => {
  // Quotes count too.
  expect(problem({ activate: 'x'.repeat(78) })).toContain(`"${'x'.repeat(78)}";`);
  expect(problem({ activate: 'x'.repeat(79) })).toContain(`"${'x'.repeat(76)}...;`);
});
