import {
  approvalMessage,
  badRequestMessage,
  consoleLink,
  endMessage,
  plainSubject,
  readinessMessage,
  startMessage,
} from '../../core/messages';
import { app, appRun, config, NOW, run, seeded } from './builders';

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
    'npx lifeboat status run-1',
    'aws stepfunctions stop-execution --execution-arn arn:aws:states',
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
  expect(text).toContain('3 more starts came while this run was at work');
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
  expect(text).toContain('npx lifeboat activate dr');
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
