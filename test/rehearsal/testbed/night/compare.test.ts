import { timeless, unlike, withoutLoops } from '../../../../rehearsal/testbed/night/compare';

const message = (subject: string, text = '') => ({ at: '2026-03-29T03:05:00.000Z', subject, text });
const run = (states: string[], told = true) => ({ name: 'r', site: 'dr', told, states });
const night = {
  outcome: 'succeeded' as const,
  runs: [run(['Assess', 'Assessed?', 'Preflight', 'Done'])],
  notifications: [message('[orders] Moving shop to dr', 'Alarm at 2026-03-29T03:06:43Z')],
};

describe('withoutLoops', () => {
  test('leaves out the rounds in which a run waited', () => {
    const waited = ['Restore', 'Restored?', 'Wait for the data', 'Restore', 'Restored?'];
    expect(withoutLoops([...waited, 'Scale'])).toEqual(['Restore', 'Restored?', 'Scale']);
    expect(withoutLoops(['Verify', 'Verified?', 'Wait to verify again', 'Verify', 'Verified?'])).toEqual([
      'Verify',
      'Verified?',
    ]);
  });

  test('keeps a state that comes twice without waiting', () => {
    expect(withoutLoops(['Begin', 'Report', 'Begin'])).toEqual(['Begin', 'Report', 'Begin']);
  });
});

describe('timeless', () => {
  test('hides times, numbers and identifiers, and nothing else', () => {
    const text =
      '3 of 3 samples over 20.128 s, run a506d258-0541-4d4d-ad5c-b505821fa1c7 at 2026-03-29T03:06:43.123Z';
    expect(timeless({ subject: 'shop', text })).toEqual(['shop', 'N of N samples over N s, run ID at TIME']);
  });

  test('does not count the alarms that rang meanwhile', () => {
    expect(
      timeless({ subject: 's', text: 'a\n- More starts came while this run was at work (1)\nb' }),
    ).toEqual(['s', 'a', 'b']);
  });
});

describe('unlike', () => {
  test('says nothing of two nights that differ in times only', () => {
    const later = {
      ...night,
      runs: [run(['Begin', 'Done'], false), ...night.runs],
      notifications: [message('[orders] Moving shop to dr', 'Alarm at 2026-11-25T20:04:00Z')],
    };
    expect(unlike(later, night)).toEqual([]);
  });

  test.each([
    ['another outcome', { outcome: 'refused' as const }, 'The outcome is refused, embedded it is succeeded.'],
    [
      'a run more',
      { runs: [...night.runs, run(['Begin'])] },
      '2 runs told on-call something, embedded 1 do.',
    ],
    [
      'another state',
      { runs: [run(['Assess', 'Assessed?', 'Done'])] },
      'Run 1 has "Done" where the embedded one has "Preflight".',
    ],
    [
      'an end that comes early',
      { runs: [run(['Assess'])] },
      'Run 1 has "its end" where the embedded one has "Assessed?".',
    ],
    [
      'other words',
      { notifications: [message('[orders] Moving shop to primary', 'Alarm at 2026-03-29T03:06:43Z')] },
      'Message 1 has "[orders] Moving shop to primary" where the embedded one has "[orders] Moving shop to dr".',
    ],
    ['silence', { notifications: [] }, 'On-call was told 0 things, embedded 1.'],
  ])('tells of %s', (_what, change, sentence) => {
    expect(unlike({ ...night, ...change }, night)).toEqual([sentence]);
  });
});
