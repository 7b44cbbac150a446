import { Resolver } from 'node:dns/promises';
import type { Cname, Lookup, Network, WebRequest, WebResult } from '../../../core/network';
import { webRequest } from './web-request';

/** DNS errors (c-ares) that are an authoritative no. */
const NO_SUCH_NAME = ['ENOTFOUND', 'ENODATA'];

/** The real network. */
export class NodeNetwork implements Network {
  async lookup(name: string, deadlineMs: number): Promise<Lookup> {
    try {
      return { ok: true, addresses: await resolver(deadlineMs).resolve4(name) };
    } catch (error) {
      const failure = NO_SUCH_NAME.includes(codeOf(error)) ? 'no-such-name' : 'no-answer';
      return { ok: false, failure, detail: `${name}: ${messageOf(error)}` };
    }
  }

  async nameservers(zone: string, deadlineMs: number): Promise<string[]> {
    try {
      return await resolver(deadlineMs).resolveNs(zone);
    } catch (error) {
      // An empty list is what the caller makes of it: nobody to ask.
      if (codeOf(error) === '') throw error;
      return [];
    }
  }

  async authoritativeCname(server: string, name: string, deadlineMs: number): Promise<Cname> {
    const half = deadlineMs / 2;
    const addresses = await this.lookup(server, half);
    if (!addresses.ok) return { ok: false, failure: 'no-answer', detail: addresses.detail };
    const asked = resolver(half);
    asked.setServers(addresses.addresses);
    try {
      return { ok: true, target: (await asked.resolveCname(name))[0] };
    } catch (error) {
      if (NO_SUCH_NAME.includes(codeOf(error))) return { ok: true, target: undefined };
      return { ok: false, failure: 'no-answer', detail: `${server}: ${messageOf(error)}` };
    }
  }

  request(request: WebRequest): Promise<WebResult> {
    return webRequest(request);
  }
}

/** A resolver whose one try ends at the deadline. */
function resolver(deadlineMs: number): Resolver {
  return new Resolver({ timeout: Math.max(1, Math.round(deadlineMs)), tries: 1 });
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
