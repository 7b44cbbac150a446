import { loadScenario } from '../../../../rehearsal/scenario';
import { checkScenario } from '../../../../rehearsal/testbed/night/director';

/** Those that the test bed must be able to play. */
const PLAYED = [
  'region-lost',
  'app-down',
  'api-down-app-serving',
  'blip',
  'restore-partially-failed',
  'wrong-certificate',
  'double-trigger',
  'record-changed-by-somebody-else',
  'manual-run',
  'failback',
  'step-killed',
  'node-agent-killed',
  'data-mover-killed',
  'no-usable-backup',
];

test.each(PLAYED)('the test bed can play %s', name => {
  expect(() => checkScenario(loadScenario(name))).not.toThrow();
});

test('what it cannot play is refused with the command that can', () => {
  expect(() => checkScenario(loadScenario('restore-stuck'))).toThrow(
    /cannot do "restore-stuck".*npx lifeboat rehearse --scenario restore-stuck/,
  );
  expect(() => checkScenario(loadScenario('approval-timeout'))).toThrow(/wants the trigger approval/);
});
