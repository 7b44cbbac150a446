import { type EKSClient, ResourceNotFoundException, ThrottlingException } from '@aws-sdk/client-eks';
import { ACCOUNT } from './arn';
import { type Action, Endpoint, type FakeSetting, type SdkCommand } from './endpoint';
import { FakeLimit, onlyKnown } from './fake-limit';

export interface EksCluster {
  name: string;
  /** `https://ABC.gr7.us-east-1.eks.amazonaws.com` */
  endpoint: string;
  /** The CA certificate, PEM. */
  certificateAuthority: string;
  version: string;
  status?: 'ACTIVE' | 'CREATING' | 'DELETING' | 'FAILED' | 'UPDATING' | 'PENDING';
}

/** EKS' API of one Region: it says where a cluster's API server is, and is not that server. */
export class FakeEks {
  readonly endpoint: Endpoint;
  readonly send: EKSClient['send'];
  private readonly clusters = new Map<string, EksCluster>();

  constructor(private readonly options: FakeSetting) {
    const throttled = () =>
      new ThrottlingException({
        message: 'Rate exceeded',
        clusterName: '',
        $metadata: this.endpoint.metadata(429),
      });
    this.endpoint = new Endpoint('eks', options, throttled);
    this.send = this.endpoint.sender<EKSClient['send']>((command, name) => this.act(command, name));
  }

  /** Adds a cluster, or takes another state of it over. */
  setCluster(cluster: EksCluster): void {
    this.clusters.set(cluster.name, cluster);
  }

  removeCluster(name: string): void {
    this.clusters.delete(name);
  }

  private act(command: SdkCommand, name: string): Action {
    if (name !== 'DescribeCluster') throw new FakeLimit(`eks ${name}`);
    onlyKnown(name, command.input, ['name']);
    const cluster = (command.input as { name?: string }).name ?? '';
    return { resource: cluster, run: () => ({ cluster: this.describe(cluster) }) };
  }

  private describe(name: string): object {
    const cluster = this.clusters.get(name);
    if (!cluster) {
      throw new ResourceNotFoundException({
        message: `No cluster found for name: ${name}.`,
        $metadata: this.endpoint.metadata(404),
      });
    }
    const status = cluster.status ?? 'ACTIVE';
    // A cluster that is being made has neither endpoint nor certificate yet.
    const reachable = status !== 'CREATING' && status !== 'PENDING';
    return {
      name,
      arn: `arn:aws:eks:${this.options.region}:${ACCOUNT}:cluster/${name}`,
      version: cluster.version,
      status,
      ...(reachable && {
        endpoint: cluster.endpoint,
        certificateAuthority: { data: Buffer.from(cluster.certificateAuthority).toString('base64') },
      }),
    };
  }
}
