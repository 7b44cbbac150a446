import { isIP } from 'node:net';
import type { Probe, ProbeResult } from '../aws/health-checkers';
import { Resolver } from './dns';
import type { Internet } from './internet';

/**
 * How Route 53's health checkers reach an endpoint: the name is asked anew for every request, and the certificate
 * is not looked at ("HTTPS health checks don't validate SSL/TLS certificates").
 */
export function probeThrough(internet: Internet, seed: string): (probe: Probe) => Promise<ProbeResult> {
  const resolver = new Resolver({
    clock: internet.clock,
    tree: internet.tree,
    seed: `${seed} health checkers`,
    cache: false,
  });
  return async probe => {
    const { clock } = internet;
    const deadline = clock.now() + probe.deadlineMs;
    const found = isIP(probe.name) ? undefined : await resolver.lookup(probe.name, probe.deadlineMs);
    if (found?.ok === false) return { ok: false, detail: found.detail };
    const result = await internet.exchange({
      from: probe.region,
      address: found?.addresses[0] ?? probe.name,
      port: probe.port,
      // Without SNI the host answers with its default certificate, which nobody looks at.
      ...(probe.tls && { serverName: probe.serverName ?? '' }),
      host: probe.name,
      path: probe.path,
      deadlineMs: deadline - clock.now(),
      verify: false,
    });
    return result.ok
      ? { ok: true, status: result.status, body: result.body }
      : { ok: false, detail: `${result.failure}: ${result.detail}` };
  };
}
