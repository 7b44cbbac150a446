import type { Cname, Network } from '../../../core/network';
import type { Deps } from '../../../lambdas/runtime/wire';
import { Mains } from '../../../lambdas/steps/guard/mains';
import { app, config, worker } from '../../core/builders';

const SERVERS = ['ns-1', 'ns-2', 'ns-3', 'ns-4'];

/** Name servers whose answers a test sets, and which of them were asked. */
function world() {
  const answers = new Map<string, Cname>();
  const asked: string[] = [];
  const answer = (target: string, ...servers: string[]) => {
    for (const server of servers.length > 0 ? servers : SERVERS) answers.set(server, { ok: true, target });
  };
  const network: Pick<Network, 'nameservers' | 'authoritativeCname'> = {
    nameservers: async () => SERVERS,
    authoritativeCname: async server => {
      asked.push(server);
      return answers.get(server) ?? { ok: false, failure: 'no-answer', detail: 'silent' };
    },
  };
  const shop = app();
  const mains = new Mains({ config: config([shop, worker()]), network } as unknown as Deps);
  const refresh = async () => {
    asked.length = 0;
    await mains.refresh();
    return [...asked];
  };
  return { answers, answer, refresh, where: () => [...mains.of(shop)] };
}

it('asks every server at first, then one after the other', async () => {
  const { answer, refresh, where } = world();
  answer('primary.levlabs.link');
  expect(await refresh()).toEqual(SERVERS);
  expect(where()).toEqual(['primary']);
  const next = [await refresh(), await refresh(), await refresh(), await refresh()];
  expect(next.every(asked => asked.length === 1)).toBe(true);
  expect(next.flat().sort()).toEqual(SERVERS);
});

it('asks every server again when one says something new, until they agree', async () => {
  const { answer, refresh, where } = world();
  answer('primary.levlabs.link');
  await refresh();
  answer('dr.levlabs.link', 'ns-3');
  for (let round = 0; where().length === 1 && round < 4; round++) await refresh();
  expect(where().sort()).toEqual(['dr', 'primary']);
  expect(await refresh()).toEqual(SERVERS);
  answer('dr.levlabs.link');
  await refresh();
  expect(where()).toEqual(['dr']);
});

it('takes silence for no news, and knows nothing when nobody ever answered', async () => {
  const { answers, answer, refresh, where } = world();
  await refresh();
  expect(where()).toEqual([]);
  answer('primary.levlabs.link');
  await refresh();
  answers.clear();
  await refresh();
  expect(where()).toEqual(['primary']);
});

it('knows a name that is no site’s', async () => {
  const { answer, refresh, where } = world();
  answer('maintenance.example.net');
  await refresh();
  expect(where()).toEqual([undefined]);
});
