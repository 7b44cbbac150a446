import { Resolver } from 'node:dns/promises';
import { isIPv4 } from 'node:net';
import type { Cname, Lookup, Network, WebRequest, WebResult } from '../../../core/network';
import { webRequest } from './web-request';

/** DNS errors (c-ares) that are an authoritative no. */
const NO_SUCH_NAME = ['ENOTFOUND', 'ENODATA'];

/** The real network. */
export class NodeNetwork implements Network {
  async lookup(name: string, deadlineMs: number): Promise<Lookup> {
    if (isIPv4(name)) return { ok: true, addresses: [name] };
    try {
      return {
        ok: true,
        addresses: await within(deadlineMs, oneTry(deadlineMs), asked => asked.resolve4(name)),
      };
    } catch (error) {
      const failure = NO_SUCH_NAME.includes(codeOf(error)) ? 'no-such-name' : 'no-answer';
      return { ok: false, failure, detail: `${name}: ${messageOf(error)}` };
    }
  }

  async nameservers(zone: string, deadlineMs: number): Promise<string[]> {
    try {
      return await within(deadlineMs, oneTry(deadlineMs), asked => asked.resolveNs(zone));
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
    const authority = oneTry(half);
    authority.setServers(addresses.addresses);
    try {
      return { ok: true, target: (await within(half, authority, asked => asked.resolveCname(name)))[0] };
    } catch (error) {
      if (NO_SUCH_NAME.includes(codeOf(error))) return { ok: true, target: undefined };
      return { ok: false, failure: 'no-answer', detail: `${server}: ${messageOf(error)}` };
    }
  }

  request(request: WebRequest): Promise<WebResult> {
    return webRequest(request);
  }
}

function oneTry(deadlineMs: number): Resolver {
  return new Resolver({ timeout: Math.max(1, Math.round(deadlineMs)), tries: 1 });
}

/** Cancels at the deadline: c-ares' own timeout counts for each server anew, and Node looks after it once a second. */
async function within<T>(
  deadlineMs: number,
  resolver: Resolver,
  ask: (resolver: Resolver) => Promise<T>,
): Promise<T> {
  const timer = setTimeout(() => resolver.cancel(), deadlineMs);
  try {
    return await ask(resolver);
  } finally {
    clearTimeout(timer);
  }
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
