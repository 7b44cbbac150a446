import type { Activation, Lease } from '../../../core/admission';
import type { App } from '../../../core/config';
import { Forbidden } from '../../../core/errors';
import type { Deps } from '../../../lambdas/runtime/wire';
import { tidySwitch } from '../../../lambdas/steps/preflight/tidy-switch';
import { app, NOW, worker } from '../../core/builders';

interface Given {
  lease?: Partial<Lease>;
  activation?: Partial<Activation>;
  tidy?: () => Promise<string | undefined>;
}

/** The look in peace of dr at an app. */
async function look({ lease, activation, tidy }: Given, of: App = app()) {
  const asked: unknown[] = [];
  const lines: string[] = [];
  const deps = {
    site: 'dr',
    clock: { now: () => NOW },
    ledger: { lease: async () => lease, activation: async () => activation },
    switch: {
      tidy: async (...args: unknown[]) => {
        asked.push(args);
        return tidy?.();
      },
    },
    log: (event: string) => lines.push(event),
  } as unknown as Deps;
  const problem = await tidySwitch(deps, of, 'primary');
  return { asked, lines, problem };
}

test('asks the switch to put this Region in order, and logs what was done', async () => {
  const { asked, lines, problem } = await look({ tidy: async () => 'removed' });
  expect(asked).toEqual([[app().endpoint, 'dr', 'primary']]);
  expect(lines).toEqual(['switch-tidied']);
  expect(problem).toBeUndefined();
});

test.each<[string, Given]>([
  ['a run is at work on the app', { lease: { expiresAt: NOW + 1 } }],
  ['a run to this site may be gone on with', { activation: { activate: 'dr', openedAt: NOW - 60_000 } }],
])('leaves everything alone while %s', async (_, given) => {
  expect((await look(given)).asked).toEqual([]);
});

test.each<[string, Given]>([
  ['its lease has expired', { lease: { expiresAt: NOW } }],
  ['it has come to its end', { activation: { activate: 'dr', openedAt: NOW - 60_000, closedAt: NOW - 1 } }],
  ['it was to the other site', { activation: { activate: 'primary', openedAt: NOW - 60_000 } }],
])('goes on after a run when %s', async (_, given) => {
  expect((await look(given)).asked).toHaveLength(1);
});

test('says what keeps it from looking: the standby could not take main', async () => {
  const denied = () => Promise.reject(new Forbidden('S3 ListObjectsV2 in bucket: denied'));
  expect(await look({ tidy: denied })).toMatchObject({
    problem: 'S3 ListObjectsV2 in bucket: denied',
    lines: ['switch-not-tidied'],
  });
});

test('does not swallow a defect', async () => {
  const broken = () => Promise.reject(new TypeError('undefined is no function'));
  await expect(look({ tidy: broken })).rejects.toThrow(TypeError);
});

test('has nothing to do with a worker', async () => {
  expect((await look({}, worker())).asked).toEqual([]);
});
