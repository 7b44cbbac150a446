import { abortable } from '../../core/abort';
import type { RunRecord } from '../../core/ledger';
import { app, appRun, NOW, run, worker } from './builders';

const APPS = [app(), worker()];
const record: RunRecord = { run: run(), acceptOldBackup: false, dependencies: [], joined: 0 };
const flip = { startedAt: NOW, detail: '' };

it('lets a run be stopped that has not begun to flip', () => {
  const phases = { verify: { startedAt: NOW, endedAt: NOW, outcome: 'done' as const, detail: '' } };
  expect(abortable(record, [appRun({ phases })], APPS)).toEqual({ word: 'may' });
});

it.each([
  ['has begun to flip', { phases: { flip } }],
  ['has flipped', { flippedAt: NOW }],
])('says that it is too late when one of its apps %s', (_what, changes) => {
  expect(abortable(record, [appRun({ app: 'wiki' }), appRun(changes)], APPS)).toEqual({
    word: 'too-late',
    reason:
      'Run run-1 moves main of shop to dr already, or has done it. ' +
      'After the flip nothing is undone by itself; let the run confirm and report.',
  });
});

it('counts when many have', () => {
  const parts = ['a', 'b', 'c', 'd'].map(name => appRun({ app: name, flippedAt: NOW }));
  expect(abortable(record, parts, APPS)).toMatchObject({ reason: expect.stringContaining('main of 4 apps') });
});

it('does not mind a worker whose flip was passed over', () => {
  expect(abortable(record, [appRun({ app: 'mailer', phases: { flip } })], APPS)).toEqual({ word: 'may' });
});

it('minds an app that the configuration does not have any more', () => {
  expect(abortable(record, [appRun({ app: 'gone', phases: { flip } })], APPS)).toMatchObject({
    word: 'too-late',
  });
});

it('says how a run has ended that cannot be stopped any more', () => {
  const ended = { ...record, report: { at: NOW, outcome: 'rolled-back' as const, summary: '' } };
  expect(abortable(ended, [], APPS)).toEqual({
    word: 'ended',
    reason: 'Run run-1 has ended as rolled-back.',
  });
});
