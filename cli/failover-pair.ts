import {
  ChangeResourceRecordSetsCommand,
  GetHealthCheckCommand,
  GetHealthCheckStatusCommand,
  type HealthCheckConfig,
  type ResourceRecordSet,
  type Route53Client,
} from '@aws-sdk/client-route-53';
import type { Clock } from '../core/clock';
import { NotFound, RecordChanged } from '../core/errors';
import type { CnameRecord } from '../core/flip';
import type { FailoverRecord, MainRecords, Vote } from '../core/migration';
import { awsCall } from '../lambdas/adapters/aws/call';
import { HostedZone, mainRecordOf, recordSet } from '../lambdas/adapters/aws/zone';

const DEADLINE_MS = 5000;

/** The records of main and the health checks behind them, with the credentials of who types. */
export class FailoverPair {
  constructor(
    private readonly client: Pick<Route53Client, 'send'>,
    private readonly zoneId: string,
    private readonly clock: Clock,
  ) {}

  /** @throws Throttled, AwsUnavailable, Forbidden */
  async read(main: string): Promise<MainRecords> {
    const here = await new HostedZone(this.client, this.zoneId, this.clock).recordSets(main);
    const pair = here.flatMap(set => asFailover(main, set) ?? []);
    if (here.length === 2 && pair.length === 2) return { kind: 'pair', records: pair };
    return mainRecordOf(main, here);
  }

  /** What the children of the calculated check see. @throws NotFound, Throttled, AwsUnavailable, Forbidden */
  async votes(healthCheckId: string): Promise<Vote[]> {
    const { ChildHealthChecks = [] } = await this.configOf(healthCheckId);
    if (ChildHealthChecks.length === 0)
      throw new NotFound(
        `The health check ${healthCheckId} counts no others. Deploy the global stack again.`,
      );
    return Promise.all(ChildHealthChecks.map(child => this.vote(child)));
  }

  private async vote(id: string): Promise<Vote> {
    const { Inverted, FullyQualifiedDomainName, ResourcePath } = await this.configOf(id);
    const { HealthCheckObservations = [] } = await this.call('GetHealthCheckStatus', abort =>
      this.client.send(new GetHealthCheckStatusCommand({ HealthCheckId: id }), abort),
    );
    return {
      of: `https://${FullyQualifiedDomainName}${ResourcePath ?? '/'}`,
      inverted: Inverted === true,
      seen: HealthCheckObservations.flatMap(({ StatusReport }) =>
        StatusReport?.Status === undefined ? [] : [StatusReport.Status.startsWith('Success')],
      ),
    };
  }

  private async configOf(id: string): Promise<HealthCheckConfig> {
    const gone = new NotFound(`There is no health check ${id}. Deploy the global stack again.`);
    try {
      const { HealthCheck } = await this.call('GetHealthCheck', abort =>
        this.client.send(new GetHealthCheckCommand({ HealthCheckId: id }), abort),
      );
      if (HealthCheck?.HealthCheckConfig) return HealthCheck.HealthCheckConfig;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'NoSuchHealthCheck') throw error;
    }
    throw gone;
  }

  /**
   * One batch: all or nothing.
   * @throws RecordChanged when something else stands there by now; Throttled, AwsUnavailable, Forbidden
   */
  async replace(remove: readonly CnameRecord[], create: readonly FailoverRecord[]): Promise<void> {
    const Changes = [
      ...remove.map(record => ({ Action: 'DELETE' as const, ResourceRecordSet: recordSet(record) })),
      ...create.map(({ setIdentifier, failover, healthCheckId, ...record }) => ({
        Action: 'CREATE' as const,
        ResourceRecordSet: {
          ...recordSet(record),
          SetIdentifier: setIdentifier,
          Failover: failover,
          ...(healthCheckId ? { HealthCheckId: healthCheckId } : {}),
        },
      })),
    ];
    try {
      await this.call('ChangeResourceRecordSets', abort =>
        this.client.send(
          new ChangeResourceRecordSetsCommand({ HostedZoneId: this.zoneId, ChangeBatch: { Changes } }),
          abort,
        ),
      );
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'InvalidChangeBatch') throw error;
      throw new RecordChanged(`Route 53 took none of it: ${error.message} Look at main, and try again.`);
    }
  }

  private call<T>(action: string, send: (options: { abortSignal: AbortSignal }) => Promise<T>): Promise<T> {
    return awsCall(this.clock, `Route 53 ${action}`, DEADLINE_MS, send);
  }
}

function asFailover(name: string, set: ResourceRecordSet): FailoverRecord | undefined {
  const { Type, TTL, Failover, SetIdentifier, HealthCheckId, ResourceRecords } = set;
  const target = ResourceRecords?.[0]?.Value;
  if (Type !== 'CNAME' || TTL === undefined || !Failover || !target) return undefined;
  if (SetIdentifier !== 'primary' && SetIdentifier !== 'dr') return undefined;
  return {
    name,
    ttlSeconds: TTL,
    target: target.replace(/\.$/, ''),
    setIdentifier: SetIdentifier,
    failover: Failover,
    ...(HealthCheckId ? { healthCheckId: HealthCheckId } : {}),
  };
}
