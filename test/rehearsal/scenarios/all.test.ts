import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Report } from '../../../rehearsal/report';
import { scenarioNames } from '../../../rehearsal/scenario';

jest.setTimeout(900_000);

const ROOT = join(__dirname, '..', '..', '..');
const FIVE_APPS = ['--config', join(ROOT, 'examples', 'five-apps', 'lifeboat.yaml')];

/** Plays scenarios as a user does: in a process of its own it takes a fifth of the time that it takes inside jest. */
async function play(names: readonly string[], ...more: string[]): Promise<Report[]> {
  const args = [
    'bin/lifeboat.mjs',
    'rehearse',
    '--format',
    'json',
    ...names.flatMap(name => ['--scenario', name]),
    ...more,
  ];
  const run = promisify(execFile)(process.execPath, args, { cwd: ROOT, maxBuffer: 512 * 2 ** 20 });
  // Exit 1 is an answer too: the report says what is wrong.
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  return (JSON.parse(stdout) as { scenarios: Report[] }).scenarios;
}

/** What is not as the scenario's file says: nothing, in a night that passes. */
function wrongWith(report: Report | undefined): string[] {
  if (!report) return ['it was not played'];
  const broken = report.invariants
    .filter(({ holds }) => !holds)
    .map(({ id, evidence }) => `${id}: ${evidence}`);
  return [...report.differences, ...broken, ...(report.asExpected ? [] : ['it is not as expected'])];
}

let levlabs: Report[] = [];
let fiveApps: Report[] = [];
let again: Report[] = [];

beforeAll(async () => {
  [levlabs, fiveApps] = await Promise.all([
    play(['all']),
    play(['region-lost', 'double-trigger', 'failback', 'restore-partially-failed'], ...FIVE_APPS),
  ]);
  again = await play(['run-cut', 'app-down']);
});

it('has scenarios to play', () => {
  expect(scenarioNames().length).toBeGreaterThan(20);
});

describe('on the sample app', () => {
  it.each(scenarioNames())('%s comes as its file says, and every invariant holds', name => {
    const report = levlabs.find(({ scenario }) => scenario === name);
    expect(wrongWith(report)).toEqual([]);
    expect(report?.invariants.map(({ id }) => id)).toEqual([
      ...['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I10'],
      ...['undo', 'loss', 'drill', 'fence', 'fakes'],
    ]);
  });

  it('a black hole makes the flip at most ten seconds later than nothing at all does', () => {
    const [well = 0, lost = 0] = ['manual-run', 'us-east-1-black-hole'].map(name => {
      const { calls = [], apps = [] } = levlabs.find(({ scenario }) => scenario === name) ?? {};
      const began = apps[0]?.phases.find(phase => phase.name === 'admit')?.startedAt;
      const write = calls.find(({ step, action }) => step === 'flip' && action === 'PutObject');
      if (write === undefined || began === undefined) throw new Error(`${name} did not flip`);
      return (Date.parse(write.at) - Date.parse(began)) / 1000;
    });
    expect(lost - well).toBeGreaterThan(0);
    expect(lost - well).toBeLessThanOrEqual(10);
  });

  it('gives the same report twice but for how long it took', () => {
    expect(again).toHaveLength(2);
    for (const report of again) {
      const first = levlabs.find(({ scenario }) => scenario === report.scenario);
      expect(report.calls.length).toBeGreaterThan(100);
      expect({ ...report, wallSeconds: 0 }).toEqual({ ...first, wallSeconds: 0 });
    }
  });
});

describe('on five apps that need each other', () => {
  it('comes as the files say, and every invariant holds', () => {
    expect(fiveApps).toHaveLength(4);
    expect(fiveApps.flatMap(wrongWith)).toEqual([]);
    expect(fiveApps.map(({ apps }) => apps.length)).toEqual([5, 5, 5, 5]);
  });
});
