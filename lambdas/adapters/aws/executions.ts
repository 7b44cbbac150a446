import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { AdmissionFacts } from '../../../core/admission';
import type { Clock } from '../../../core/clock';
import { awsCall } from './call';

const DEADLINE_MS = 3000;

/** Whether other executions of the workflow are still at work. */
export class Executions {
  constructor(
    private readonly client: Pick<SFNClient, 'send'>,
    private readonly clock: Clock,
  ) {}

  async holder(executionArn: string): Promise<NonNullable<AdmissionFacts['holder']>> {
    try {
      const { status } = await awsCall(this.clock, 'Step Functions DescribeExecution', DEADLINE_MS, abort =>
        this.client.send(new DescribeExecutionCommand({ executionArn }), abort),
      );
      return status === 'RUNNING' || status === 'PENDING_REDRIVE' ? 'running' : 'ended';
    } catch (error) {
      // Gone for good 90 days after its end.
      if (error instanceof Error && error.name === 'ExecutionDoesNotExist') return 'ended';
      return 'unknown';
    }
  }
}
