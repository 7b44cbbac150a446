import { rehearse } from '../../../rehearsal/embedded/rehearse';
import type { Report } from '../../../rehearsal/report';
import { loadScenario, scenarioNames } from '../../../rehearsal/scenario';
import { type Example, example } from '../cloud/examples';

jest.setTimeout(60_000);

const levlabs = example('levlabs');
function play(which: Example, name: string): Promise<Report> {
  return rehearse({ ...which, scenario: loadScenario(name) });
}

const played = new Map<string, Promise<Report>>();

function reportOf(name: string): Promise<Report> {
  const report = played.get(name) ?? play(levlabs, name);
  played.set(name, report);
  return report;
}

/** What is not as the scenario's file says: nothing, in a night that passes. */
function wrongWith({ differences, invariants }: Report): string[] {
  const broken = invariants.filter(({ holds }) => !holds).map(({ id, evidence }) => `${id}: ${evidence}`);
  return [...differences, ...broken];
}

it('has scenarios to play', () => {
  expect(scenarioNames().length).toBeGreaterThan(20);
});

describe('on the sample app', () => {
  it.each(scenarioNames())('%s comes as its file says, and every invariant holds', async name => {
    const report = await reportOf(name);
    expect(wrongWith(report)).toEqual([]);
    expect(report.asExpected).toBe(true);
    expect(report.invariants.map(({ id }) => id)).toEqual([
      ...['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I10'],
      ...['undo', 'fakes'],
    ]);
  });
});

describe('a second rehearsal of a scenario', () => {
  it('gives the same report but for how long it took, also while another one is played', async () => {
    const names = ['run-cut', 'app-down'];
    const again = await Promise.all(names.map(name => play(levlabs, name)));
    for (const [index, name] of names.entries()) {
      const first = await reportOf(name);
      expect(first.calls.length).toBeGreaterThan(100);
      expect({ ...again[index], wallSeconds: 0 }).toEqual({ ...first, wallSeconds: 0 });
    }
  });
});
