import { rehearse } from '../../../rehearsal/embedded/rehearse';
import { loadScenario } from '../../../rehearsal/scenario';
import { example } from '../cloud/examples';

jest.setTimeout(300_000);

const levlabs = example('levlabs');

describe('a scenario that comes otherwise than its file says', () => {
  it('is reported with each difference, and does not pass', async () => {
    const scenario = loadScenario('bad-input');
    const { asExpected, differences, outcome } = await rehearse({
      ...levlabs,
      scenario: {
        ...scenario,
        expect: {
          ...scenario.expect,
          outcome: 'succeeded',
          main: 'dr',
          restores: 1,
          runs: 2,
          told: ['start'],
          says: ['a thing that nobody says'],
        },
      },
    });
    expect(asExpected).toBe(false);
    expect(outcome).toBe('refused');
    expect(differences).toEqual([
      'The outcome of sample-app is "refused", expected is "succeeded".',
      'main of sample-app is "primary", expected is "dr".',
      'The number of runs is 1, expected is 2.',
      'The number of restores is 0, expected is 1.',
      'The outcome is "refused", expected is "succeeded".',
      'What on-call was told is ["refused"], expected is ["start"].',
      'Nobody said "a thing that nobody says".',
    ]);
  });

  it('needs an app with data when it is about data', async () => {
    const config = {
      ...levlabs.config,
      apps: levlabs.config.apps.map(({ data: _data, ...app }) => app),
    };
    await expect(
      rehearse({ ...levlabs, config, scenario: loadScenario('restore-stuck') }),
    ).rejects.toMatchObject({ name: 'CannotAct', message: expect.stringContaining('about data') });
  });
});
