import type { SiteName } from '../../../../core/config';
import type { Cname, Network, WebRequest, WebResult } from '../../../../core/network';
import { SIGNALS, type Signal, signalKey } from '../../../../core/signals';
import { SignalBucket } from '../../../../lambdas/adapters/aws/signal-bucket';
import { StandbySwitch } from '../../../../lambdas/adapters/switch/standby-switch';
import { FakeS3 } from '../../../../rehearsal/embedded/aws/s3';
import { endpoint } from '../../../core/builders';
import { setting } from '../../../rehearsal/aws/setting';

export const MAIN = endpoint.main;
const REGIONS: Record<SiteName, string> = { primary: 'us-east-1', dr: 'us-east-2' };
const SERVERS = ['ns-1.example', 'ns-2.example'];

export function key(signal: Signal): string {
  return signalKey(MAIN, signal);
}

/** The switch as it stands in the Region of the site that is activated, over two fakes of S3. */
export function world(activate: SiteName, answers: (string | undefined)[] = []) {
  const { clock, log, run, failure } = setting();
  const s3 = { primary: make('primary'), dr: make('dr') };
  function make(site: SiteName) {
    const fake = new FakeS3({ clock, log, region: REGIONS[site] });
    fake.addBucket(site, SIGNALS[site].map(key));
    return fake;
  }
  const at = (target: string | undefined): Cname =>
    target === undefined ? { ok: false, failure: 'no-answer', detail: 'silent' } : { ok: true, target };
  const network = {
    nameservers: async () => SERVERS,
    authoritativeCname: async (server: string) => at(answers[SERVERS.indexOf(server)]),
    /** Without credentials, as everybody. */
    request: async ({ host, path }: WebRequest): Promise<WebResult> => {
      const site = host.split('.')[0] === 'dr' ? 'dr' : 'primary';
      if (s3[site].endpoint.state !== 'up') return { ok: false, failure: 'timeout', detail: 'no answer' };
      const answer = await s3[site].host(site).accept({ host, path, port: 443, serverName: host });
      return answer.ok
        ? { ok: true, status: answer.status, body: answer.body, tookMs: 1 }
        : { ok: false, failure: 'http', detail: answer.failure };
    },
  } as unknown as Network;
  const bucket = (site: SiteName) =>
    new SignalBucket(s3[site], clock, {
      name: site,
      site,
      region: REGIONS[site],
      deadlineMs: site === activate ? 3000 : 2000,
    });
  const buckets = { primary: bucket('primary'), dr: bucket('dr') };
  const standby = new StandbySwitch({ network, clock, buckets });
  const request = { endpoint, activate, runId: 'run-1' };
  const keys = () => ({ primary: s3.primary.keys('primary'), dr: s3.dr.keys('dr') });
  const seed = (site: SiteName, signal: Signal, ageMs = 3_600_000) =>
    s3[site].seed(site, key(signal), 'seeded', clock.now() - ageMs);
  return { clock, log, run, failure, s3, buckets, standby, request, keys, seed };
}
