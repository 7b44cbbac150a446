import type { Network, WebResult } from '../../../core/network';
import type { Deps } from '../../../lambdas/runtime/wire';
import { canSee } from '../../../lambdas/steps/canaries';
import { config } from '../../core/builders';

function seeing(results: Record<string, WebResult | 'never' | Error>): Promise<boolean> {
  const network: Pick<Network, 'lookup' | 'request'> = {
    lookup: async () => ({ ok: true, addresses: ['203.0.113.1'] }),
    request: async ({ host }) => {
      const result = results[host];
      if (result === 'never') return new Promise<never>(() => undefined);
      if (result === undefined || result instanceof Error) throw result ?? new Error(`nobody set ${host}`);
      return result;
    },
  };
  const canaries = Object.keys(results).map(host => `https://${host}/`);
  return canSee({ config: { ...config(), guard: { canaries } }, network } as unknown as Deps);
}

const silent: WebResult = { ok: false, failure: 'timeout', detail: 'no answer within 3000 ms' };
const refused: WebResult = { ok: false, failure: 'unreachable', detail: 'ECONNREFUSED' };

it.each<[string, WebResult]>([
  ['a good answer', { ok: true, status: 200, body: '', tookMs: 1 }],
  ['an error page', { ok: true, status: 503, body: '', tookMs: 1 }],
  ['a wrong certificate', { ok: false, failure: 'tls', detail: 'self-signed' }],
  ['a broken answer', { ok: false, failure: 'http', detail: 'parse error' }],
])('sees by %s of one canary, without waiting for the others', async (_, result) => {
  expect(await seeing({ 'slow.example': 'never', 'quick.example': result })).toBe(true);
});

it('is blind when no canary answers', async () => {
  expect(await seeing({ 'one.example': silent, 'two.example': refused })).toBe(false);
});

it('does not take a defect of ours for blindness', async () => {
  const defect = new TypeError('undefined is not a function');
  await expect(seeing({ 'one.example': silent, 'two.example': defect })).rejects.toBe(defect);
});
