import { main } from '../../cli/main';
import { recording } from './recording';

async function lifeboat(...args: string[]) {
  const output = recording({});
  const exit = await main(args, output);
  return { exit, said: output.people.join('\n') };
}

describe('rehearse --testbed', () => {
  it("refuses somebody's own configuration, and says where it can be rehearsed", async () => {
    const { exit, said } = await lifeboat('rehearse', '--testbed', '--config', 'lifeboat.yaml');
    expect(exit).toBe(2);
    expect(said).toContain('cannot take lifeboat.yaml');
    expect(said).toContain('leave --testbed out');
  });

  it('plays one scenario at a time', async () => {
    const { exit, said } = await lifeboat('rehearse', '--testbed', '--scenario', 'all');
    expect({ exit, one: said.includes('one scenario at a time') }).toEqual({ exit: 2, one: true });
  });

  it('refuses a factor that is none before anything is made', async () => {
    const { exit, said } = await lifeboat('rehearse', '--testbed', '--delay-factor', 'fast');
    expect(exit).toBe(2);
    expect(said).toContain('--delay-factor is fast');
  });

  it('keeps its options for itself', async () => {
    const { exit, said } = await lifeboat('rehearse', '--keep');
    expect(exit).toBe(2);
    expect(said).toContain('go with --testbed');
  });
});

describe('testbed', () => {
  it('does up, down and status, and nothing else', async () => {
    expect(await lifeboat('testbed', 'sideways')).toMatchObject({ exit: 2 });
    expect((await lifeboat('testbed', 'status')).exit).toBe(0);
  });
});
