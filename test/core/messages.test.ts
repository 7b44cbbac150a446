import {
  approvalMessage,
  badRequestMessage,
  consoleLink,
  endMessage,
  plainSubject,
  readinessMessage,
  startMessage,
} from '../../core/messages';
import { app, appRun, config, NOW, pick, run, seeded } from './builders';

const configuration = config([app()]);
const many = (count: number, changes = {}) =>
  Array.from({ length: count }, (_, index) => appRun({ app: `app-${index}`, ...changes }));
const record = (changes = {}) => ({
  run: run(),
  acceptOldBackup: false,
  dependencies: [],
  joined: 0,
  ...changes,
});
const ended = (outcome: 'succeeded' | 'refused' | 'rolled-back' | 'needs-attention', changes = {}) => ({
  end: { at: NOW, outcome, reasons: ['Because.'], ...changes },
});

it('makes every subject one that SNS takes, whatever is in it', () => {
  const random = seeded(5);
  for (let round = 0; round < 300; round++) {
    const text = Array.from({ length: Math.floor(random() * 200) }, () =>
      String.fromCharCode(1 + Math.floor(random() * 400)),
    ).join('');
    expect(plainSubject(text)).toMatch(/^[\x20-\x7e]{0,99}$/);
  }
  expect(plainSubject('x'.repeat(99))).toBe('x'.repeat(99));
  expect(plainSubject('x'.repeat(100))).toBe(`${'x'.repeat(96)}...`);
});

it('starts with what, why, what next, how to watch and how to stop', () => {
  const going = appRun({
    verdict: { word: 'down', final: true, reasons: ['Bad for 15 s.'] },
    notes: ['room: little'],
    backup: { name: 'b', takenAt: NOW },
  });
  const staying = appRun({ app: 'wiki', ...ended('refused') });
  const { subject, text, attributes } = startMessage(
    configuration,
    run(),
    [going, staying],
    [{ check: 'dependencies', level: 'warning', detail: 'registry is slow' }],
  );
  expect(subject).toBe('[levlabs] Moving shop to dr');
  expect(attributes).toEqual({
    lifeboat: 'levlabs',
    event: 'start',
    activate: 'dr',
    run: 'run-1',
    startedBy: 'alarm',
  });
  for (const part of [
    'Lifeboat moves shop from primary (us-east-1) to dr (us-east-2).',
    '- shop: Bad for 15 s.',
    '- wiki: Because.',
    '- registry is slow',
    '- shop: room: little',
    'the newest backup is of 2026-03-29T03:00:00.000Z',
    'npx lifeboat run run-1',
    'aws stepfunctions stop-execution --region us-east-2 --execution-arn arn:aws:states',
  ]) {
    expect(text).toContain(part);
  }
});

it('asks for approval with both ways to answer, and says what silence means', () => {
  const asked = appRun({ needsApproval: true });
  const { subject, text, attributes } = approvalMessage(
    configuration,
    run(),
    [asked, appRun({ app: 'other' })],
    'TOKEN',
  );
  expect(subject).toBe('[levlabs] Approve? Move shop to dr');
  expect(attributes.event).toBe('approval-wanted');
  expect(text).toContain('If nobody answers within 15 min, it stays where it is.');
  expect(text).toContain('npx lifeboat approve run-1');
  expect(text).toContain(
    `--region us-east-2 --task-output '{"approved":true,"by":"YOUR NAME"}' --task-token 'TOKEN'`,
  );
  const bold = { ...configuration, approval: { timeoutSeconds: 60, ifNobodyAnswers: 'proceed' as const } };
  expect(approvalMessage(bold, run(), [asked], 'TOKEN').text).toContain('it moves without you');
});

it.each([
  ['succeeded', '[levlabs] shop now on dr'],
  ['refused', '[levlabs] Not moved to dr: shop'],
  ['rolled-back', '[levlabs] Could not move shop to dr, DNS unchanged'],
  ['needs-attention', '[levlabs] NEEDS ATTENTION: shop on the way to dr'],
] as const)('ends a run that %s with its own subject', (outcome, subject) => {
  const message = endMessage(
    configuration,
    record(),
    [appRun(ended(outcome, { next: 'npx lifeboat x' }))],
    'Summary.',
  );
  expect(message.subject).toBe(subject);
  expect(message.attributes.event).toBe(outcome);
  expect(message.text).toContain('Type next: npx lifeboat x');
});

it('says when there is nothing to do, who joined, and what was not fenced', () => {
  const { text } = endMessage(
    configuration,
    record({ joined: 3 }),
    [appRun({ fenced: 'pending', ...ended('succeeded') })],
    'Summary.',
  );
  expect(text).toContain('There is nothing that you must do now.');
  expect(text).toContain('More starts came while this run was at work (3)');
  expect(text).toContain('primary could not be fenced for shop');
});

it('is one message for many apps, with names cut and the rest counted', () => {
  const { subject, text } = endMessage(
    configuration,
    record(),
    many(30, ended('rolled-back', { next: 'a' })),
    'Summary.',
  );
  expect(subject).toBe('[levlabs] Could not move app-0, app-1 and 28 more apps to dr, DNS unchanged');
  expect(text).toContain('and 10 more.');
  expect(text.length).toBeLessThan(10_000);
});

it('lists further commands, and an app that has not ended', () => {
  const apps = [
    appRun({ app: 'a', ...ended('refused', { next: 'one' }) }),
    appRun({ app: 'b', ...ended('refused', { next: 'two' }) }),
    appRun({ app: 'c' }),
  ];
  const { text, attributes } = endMessage(configuration, record(), apps, 'Summary.');
  expect(attributes.event).toBe('needs-attention');
  expect(text).toContain('Type next: one\n\nThen: two');
  expect(text).toContain('c: needs-attention. It has not come to an end.');
});

it('names no app where there is none', () => {
  expect(endMessage(configuration, record(), [], 'Summary.').subject).toBe(
    '[levlabs] Not moved to dr: no app',
  );
});

it('tells a start that was no request, and what to type instead', () => {
  const { text, attributes } = badRequestMessage(configuration, run(), 'The input is wrong.');
  expect(attributes.event).toBe('refused');
  expect(text).toContain('Nothing was touched.');
  expect(text).toContain('The input is wrong.');
  expect(text).toContain('npx lifeboat failover');
});

it('tells what changed about readiness', () => {
  expect(readinessMessage(configuration, 'dr', ['shop: nodes: none'], []).subject).toBe(
    '[levlabs] dr is not ready for a failover',
  );
  const well = readinessMessage(configuration, 'dr', [], ['shop: nodes: none']);
  expect(well.subject).toBe('[levlabs] dr is ready for a failover again');
  expect(well.attributes.event).toBe('ready-again');
  expect(well.text).toContain('Ready again:\n- shop: nodes: none');
});

it('links to the execution in its own Region', () => {
  expect(consoleLink('ARN', 'eu-west-1')).toBe(
    'https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/ARN',
  );
});

it('has a subject that SNS takes, whatever the apps and the configuration are called', () => {
  const random = seeded(31);
  const word = () =>
    Array.from({ length: 1 + Math.floor(random() * 60) }, () =>
      pick(random, 'a', 'b', '-', 'é', '→', '\n', '\u{1F6DF}'),
    ).join('');
  for (let round = 0; round < 300; round++) {
    const named = { ...configuration, name: word() };
    const apps = Array.from({ length: Math.floor(random() * 6) }, () =>
      appRun({
        app: word(),
        needsApproval: true,
        ...(random() < 0.5
          ? ended(pick(random, 'succeeded', 'refused', 'rolled-back', 'needs-attention'))
          : {}),
      }),
    );
    for (const { subject } of [
      startMessage(named, run(), apps, []),
      approvalMessage(named, run(), apps, 'TOKEN'),
      endMessage(named, record(), apps, 'Summary.'),
      badRequestMessage(named, run(), word()),
      readinessMessage(named, 'dr', [word()], []),
    ])
      expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
  }
});

it.each([
  [1, 'app-0'],
  [3, 'app-0, app-1, app-2'],
  [4, 'app-0, app-1 and 2 more apps'],
])('names %d apps as %s', (count, names) => {
  expect(startMessage(configuration, run(), many(count), []).subject).toBe(`[levlabs] Moving ${names} to dr`);
});

it('is the whole text, for a run that goes well', () => {
  expect(endMessage(configuration, record(), [appRun(ended('succeeded'))], 'Summary.').text).toBe(
    [
      'Summary.',
      'Execution: https://us-east-2.console.aws.amazon.com/states/home?region=us-east-2#/v2/executions/details/arn:aws:states:us-east-2:111122223333:execution:lifeboat-levlabs:run-1',
      'There is nothing that you must do now.',
    ].join('\n\n'),
  );
});

it('is the whole text, for apps of which one could not be moved', () => {
  const apps = [
    appRun(ended('succeeded', { reasons: ['Runs on dr.'] })),
    appRun({
      app: 'wiki',
      notes: ['room: little'],
      ...ended('rolled-back', { reasons: ['No pod.'], next: 'npx lifeboat failover --app wiki' }),
    }),
  ];
  const dependencies = [
    { check: 'dependencies' as const, level: 'warning' as const, detail: 'registry is slow' },
  ];
  expect(endMessage(configuration, record({ dependencies }), apps, 'Summary.').text).toBe(
    [
      'Summary.',
      'Apps:\n- shop: succeeded. Runs on dr.\n- wiki: rolled-back. No pod.',
      'Good to know:\n- registry is slow\n- wiki: room: little',
      'Execution: https://us-east-2.console.aws.amazon.com/states/home?region=us-east-2#/v2/executions/details/arn:aws:states:us-east-2:111122223333:execution:lifeboat-levlabs:run-1',
      'Type next: npx lifeboat failover --app wiki',
    ].join('\n\n'),
  );
});

it('says each command once, and none for apps for which there was nothing to do', () => {
  const apps = [
    appRun(ended('refused', { next: 'one' })),
    appRun({ app: 'b', ...ended('refused', { next: 'one' }) }),
    appRun({ app: 'c', ...ended('refused', { next: 'two', nothingToDo: true }) }),
  ];
  const { text, subject } = endMessage(configuration, record(), apps, 'Summary.');
  expect(text).toContain('Type next: one');
  expect(text).not.toContain('Then:');
  expect(subject).toBe('[levlabs] Not moved to dr: shop, b');
});

it('lists twenty apps without a count, and counts from the twenty-first', () => {
  const text = (count: number) =>
    endMessage(configuration, record(), many(count, ended('refused')), 'Summary.').text;
  expect(text(20)).not.toContain('more.');
  expect(text(21)).toContain('and 1 more.');
});

it('takes the outcome that it is told, for a run that has no apps', () => {
  const { subject, attributes } = endMessage(configuration, record(), [], 'Summary.', 'needs-attention');
  expect(subject).toBe('[levlabs] NEEDS ATTENTION: no app on the way to dr');
  expect(attributes.event).toBe('needs-attention');
});

it('speaks of no data and no backup for stateless apps', () => {
  const { text } = startMessage(configuration, run(), [appRun()], []);
  expect(text).toContain(
    'What happens next:\n- Fence the other site, scale up, verify, flip main, confirm. You get one more message at the end.',
  );
  expect(text).not.toContain('Apps that stay');
  expect(text).not.toContain('Good to know');
});

it('asks only about apps that wait for an approval, and names the site that looks lost', () => {
  const apps = [
    appRun({
      needsApproval: true,
      verdict: { word: 'down', final: true, reasons: ['Bad.'] },
      notes: ['room: little'],
    }),
    appRun({ app: 'gone', needsApproval: true, ...ended('refused') }),
  ];
  const { text } = approvalMessage(configuration, run({ activate: 'primary' }), apps, 'TOKEN');
  expect(text).toContain('dr (us-east-2) looks lost. Shall Lifeboat move shop to primary (us-east-1)?');
  expect(text).toContain('Why:\n- Alarm\n- shop: Bad.');
  expect(text).toContain('Good to know:\n- shop: room: little');
  expect(text).toContain('--region us-east-1');
  expect(text).toContain('To deny: npx lifeboat deny run-1');
  expect(text).not.toContain('gone');
});

it('tells a site that is not ready any more, also when something else is well again', () => {
  const { subject, text, attributes } = readinessMessage(
    configuration,
    'dr',
    ['shop: nodes: none'],
    ['wiki: api: no'],
  );
  expect(subject).toBe('[levlabs] dr is not ready for a failover');
  expect(attributes).toEqual({ lifeboat: 'levlabs', event: 'not-ready', activate: 'dr' });
  expect(text).toContain('whether dr (us-east-2) could take over');
  expect(text).toContain('Not ready any more:\n- shop: nodes: none\n\nReady again:\n- wiki: api: no');
});

describe('messages of a switchover', () => {
  const planned = run({ mode: 'switchover', startedBy: 'person' });

  it('say that customers wait from the rest on, and what stopping it means', () => {
    const { text } = startMessage(config(), planned, [appRun()], []);
    expect(text).toContain('Put primary to rest (customers wait from then on), back it up for the last time');
    expect(text).toContain('A run that is stopped leaves primary at rest');
    expect(startMessage(config(), run(), [appRun()], []).text).not.toContain('leaves primary at rest');
  });
});

describe('messages of a drill', () => {
  const drill = run({ mode: 'drill', startedBy: 'person' });
  const ended = (outcome: 'succeeded' | 'refused' | 'rolled-back' | 'needs-attention') =>
    appRun({ end: { at: NOW, outcome, reasons: ['why'] } });

  it('say that customers notice nothing', () => {
    const message = startMessage(config(), drill, [appRun()], []);
    expect(message.subject).toBe('[levlabs] Drill of shop on dr');
    expect(message.text).toContain('Customers notice nothing.');
    expect(message.text).not.toContain('Moving');
  });

  it.each([
    ['succeeded', 'Drill: shop would work on dr'],
    ['refused', 'No drill on dr: shop'],
    ['rolled-back', 'DRILL FAILED: shop would not work on dr'],
    ['needs-attention', 'NEEDS ATTENTION: what a drill of shop left on dr'],
  ] as const)('that %s never read like a move', (outcome, subject) => {
    const record = { run: drill, acceptOldBackup: false, dependencies: [], joined: 0 };
    expect(endMessage(config(), record, [ended(outcome)], 'summary').subject).toBe(`[levlabs] ${subject}`);
  });
});
