import type { Kubectl } from './region/kubectl';

export interface FileSum {
  bytes: number;
  sha256: string;
}

/** The orders service of one site, asked past Ingress and DNS by whoever runs the bed. */
export class Shop {
  constructor(private readonly kubectl: Kubectl) {}

  /** The numbers of all orders that it has. */
  async orders(): Promise<number[]> {
    const text = await this.kubectl.run(['get', '--raw', `${ORDERS}/orders`]);
    return (JSON.parse(text) as { numbers: number[] }).numbers;
  }

  async fill(name: string, bytes: number, seed: number): Promise<void> {
    await this.post(`${ORDERS}/fill?name=${name}&bytes=${bytes}&seed=${seed}`, {});
  }

  /** Of every file that was filled, as it is on the volume now. */
  async sums(): Promise<Record<string, FileSum>> {
    const text = await this.kubectl.run(['get', '--raw', `${ORDERS}/sums`]);
    return (JSON.parse(text) as { files: Record<string, FileSum> }).files;
  }

  /** @param status what it answers from now on, health check included; 0: it answers well again */
  async fault(status: number): Promise<void> {
    // Past the Service: a Pod that answers badly is not Ready, and has no place in it.
    const pods = await this.kubectl.list('pods', 'orders');
    for (const { metadata } of pods.filter(each => each.metadata.labels?.app === 'orders'))
      await this.post(`${PODS}/${metadata.name}:8080/proxy/fault`, { status });
  }

  private async post(path: string, body: object): Promise<void> {
    await this.kubectl.run(['create', '--raw', path, '-f', '-'], JSON.stringify(body));
  }
}

const PODS = '/api/v1/namespaces/orders/pods';
const ORDERS = '/api/v1/namespaces/orders/services/orders:80/proxy';
