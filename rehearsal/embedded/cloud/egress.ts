import type { KubernetesTransport } from '../../../lambdas/adapters/kubernetes/transport';
import type { World } from '../../../lambdas/runtime/world';
import type { Internet } from '../network/internet';

/**
 * Calls out of a Region that do not go over the fake internet: while its way out is closed, those to other Regions hang.
 * AWS's own services of the same Region are reached without it.
 */
export class Egress {
  constructor(
    private readonly internet: Internet,
    private readonly region: string,
  ) {}

  kubernetes(transport: KubernetesTransport): KubernetesTransport {
    return {
      exchange: async (access, request) => {
        if (this.isOpenTo(access.endpoint)) return transport.exchange(access, request);
        await this.internet.clock.sleep(request.deadlineMs);
        return transport.exchange({ ...access, endpoint: 'https://unreachable.invalid' }, request);
      },
    };
  }

  eks(clients: World['eks']): World['eks'] {
    return region => {
      const client = clients(region);
      const send = (command: never, options?: { abortSignal?: AbortSignal }) =>
        this.isOpenTo(`.${region}.`)
          ? (client.send as (command: never, options?: object) => Promise<unknown>)(command, options)
          : hanging(options?.abortSignal);
      return { send: send as typeof client.send };
    };
  }

  private isOpenTo(address: string): boolean {
    return this.internet.leadsOut(this.region) || address.includes(`.${this.region}.`);
  }
}

function hanging(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
