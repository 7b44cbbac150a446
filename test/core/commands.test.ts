import { runCommand, STATUS_COMMAND, startCommand } from '../../core/commands';
import type { Run } from '../../core/run';
import { run } from './builders';

it('names the command that makes a site the active one, for all apps or for one', () => {
  expect(startCommand(run())).toBe('npx lifeboat failover');
  expect(startCommand(run({ activate: 'primary' }), 'shop')).toBe('npx lifeboat failback --app shop');
});

it('names the same command again for the other modes, with the site', () => {
  const mode = 'switchover' as Run['mode'];
  expect(startCommand(run({ mode }), 'shop')).toBe('npx lifeboat switchover dr --app shop');
});

it('names the commands that only look', () => {
  expect(runCommand('run-1')).toBe('npx lifeboat run run-1');
  expect(STATUS_COMMAND).toBe('npx lifeboat status');
});
