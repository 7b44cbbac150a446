import type { SiteName } from '../../core/config';
import { type Desk, deployed, deploymentOf, endOf, levlabs, started } from './deployed';

jest.setTimeout(120_000);

const SILENT =
  'us-east-1 does not answer. CloudFormation DescribeStacks in us-east-1: no answer within 5000 ms.';

async function pauses(desk: Desk, sites: SiteName[]) {
  return desk.night.clock.run(Promise.all(sites.map(site => deploymentOf(desk, site).ledger.pause())));
}

describe('pause and resume', () => {
  it('tells both Regions, and lifts it again', async () => {
    const desk = await deployed();
    const { exit, said, values } = await desk.type('pause', '--reason', 'a change');
    expect({ exit, said, values }).toEqual({
      exit: 0,
      said: 'Paused in us-east-1 and us-east-2, without an end. No run begins until you type: npx lifeboat resume',
      values: [],
    });
    const expected = { by: 'ada', reason: 'a change', at: expect.any(Number) };
    expect(await pauses(desk, ['primary', 'dr'])).toEqual([expected, expected]);
    expect(await desk.type('resume')).toMatchObject({
      exit: 0,
      said: 'Not paused any more in us-east-1 and us-east-2.',
    });
    expect(await pauses(desk, ['primary', 'dr'])).toEqual([undefined, undefined]);
  });

  it('lets no run begin, and the refusal names the command that lifts it', async () => {
    const desk = await deployed();
    await desk.type('pause', '--reason', 'a change');
    await desk.type('activate', 'dr');
    await desk.night.clock.advance(30_000);
    expect(endOf(desk)).toBe('refused');
    const { text } = desk.night.sites.dr.sns.messages.at(-1) ?? {};
    expect(text).toContain('a change');
    expect(text).toContain('npx lifeboat resume');
  });

  it('exits with 1 and says which Region is not paused', async () => {
    const desk = await deployed(levlabs, 'primary');
    const { exit, said } = await desk.type('pause', '--reason', 'a change');
    expect(exit).toBe(1);
    expect(said).toMatch(/^Paused in us-east-2, without an end\./);
    expect(said).toContain(`\nus-east-1 is NOT paused: ${SILENT}`);
    expect(await pauses(desk, ['dr'])).toEqual([expect.objectContaining({ reason: 'a change' })]);
  });

  it('says the same as JSON, with nothing for people', async () => {
    const desk = await deployed(levlabs, 'primary');
    const { exit, people, values } = await desk.type('resume', '--format', 'json');
    expect({ exit, people, values }).toEqual({
      exit: 1,
      people: [],
      values: [{ paused: false, told: ['us-east-2'], silent: [SILENT] }],
    });
  });

  it('tells the Region that answers when the ledger of the other hangs', async () => {
    const desk = await deployed();
    desk.night.loseRegion('primary');
    const before = desk.night.clock.now();
    const { exit, said } = await desk.type('pause', '--reason', 'a change');
    expect(exit).toBe(1);
    expect(said).toMatch(/^Paused in us-east-2.*\nus-east-1 is NOT paused: us-east-1 does not answer\. /);
    // Both are asked at the same time: the lost one costs its deadline once.
    expect(desk.night.clock.now() - before).toBeLessThan(3500);
    expect((await desk.type('resume')).said).toMatch(/^Not paused.*\nus-east-1 may still be paused: /);
  });
});

describe('the end of a pause', () => {
  const NIGHT = '2026-03-29';
  let quiet: Promise<Desk>;
  beforeAll(() => {
    quiet = deployed();
  });

  it('is written into both ledgers, and told', async () => {
    const desk = await deployed();
    const { exit, said } = await desk.type('pause', '--reason', 'a change', '--for', '1h30m');
    expect(exit).toBe(0);
    expect(said).toMatch(
      /^Paused in us-east-1 and us-east-2 until 2026-03-29 04:10:\d\d UTC\. To end it sooner: npx/,
    );
    const [there, here] = await pauses(desk, ['primary', 'dr']);
    expect(here?.until).toBe((here?.at ?? 0) + 5_400_000);
    expect(there).toEqual(here);
  });

  it('may be an instant', async () => {
    const desk = await deployed();
    const { values } = await desk.type(
      ...['pause', '--reason', 'a change', '--until', `${NIGHT}T06:00+02:00`, '--format', 'json'],
    );
    const until = Date.parse(`${NIGHT}T04:00Z`);
    expect(values).toEqual([
      expect.objectContaining({ paused: true, pause: expect.objectContaining({ until }) }),
    ]);
  });

  it('lets runs begin again by itself', async () => {
    const desk = await deployed();
    await desk.type('pause', '--reason', 'a change', '--for', '2m');
    await desk.type('activate', 'dr');
    await desk.night.clock.advance(30_000);
    expect(endOf(desk)).toBe('refused');
    await desk.night.clock.advance(90_000);
    await desk.type('activate', 'dr');
    await desk.night.clock.advance(180_000);
    expect(started(desk, 'dr')[1]?.status).toBe('SUCCEEDED');
    expect(endOf(desk)).toBe('succeeded');
    expect(desk.broken()).toEqual([]);
  });

  it.each<[string, string[], RegExp]>([
    ['no reason', [], /--reason is missing/],
    ['an empty reason', ['--reason', ' '], /--reason is missing/],
    ['two ends', ['--reason', 'x', '--for', '1h', '--until', `${NIGHT}T06:00Z`], /give one/],
    ['a duration that is none', ['--reason', 'x', '--for', 'soon'], /--for is "soon"; write it like 45m/],
    ['no time at all', ['--reason', 'x', '--for', '0h'], /--for is "0h"/],
    ['a time without its zone', ['--reason', 'x', '--until', `${NIGHT}T06:00`], /a time with its zone/],
    ['a day that is none', ['--reason', 'x', '--until', '2026-02-31T25:00Z'], /a time with its zone/],
    ['a time that is over', ['--reason', 'x', '--until', `${NIGHT}T02:00Z`], /which is over/],
  ])('is not understood with %s, and nothing is paused', async (_what, args, message) => {
    const desk = await quiet;
    const { exit, said } = await desk.type('pause', ...args);
    expect(exit).toBe(2);
    expect(said).toMatch(message);
    expect(await pauses(desk, ['primary', 'dr'])).toEqual([undefined, undefined]);
  });
});
