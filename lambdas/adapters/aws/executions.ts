import { DescribeExecutionCommand, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { AdmissionFacts } from '../../../core/admission';
import type { Clock } from '../../../core/clock';
import { NotFound } from '../../../core/errors';
import { awsCall } from './call';

const DEADLINE_MS = 3000;

/** Whether other executions of the workflow are still at work. */
export class Executions {
  constructor(
    private readonly client: Pick<SFNClient, 'send'>,
    private readonly clock: Clock,
    private readonly machineArn?: string,
  ) {}

  /**
   * Starts the workflow, or finds that it was started before: "If StartExecution is called with the same name and input
   * as a running execution, the call succeeds and returns the same response as the original request"; under a name that
   * has ended nothing starts for 90 days.
   * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
   * @returns `at-work` when it runs, now or already; `ended` when the run of this name is over
   * @throws Throttled, AwsUnavailable, Forbidden
   */
  async start(name: string, input: object): Promise<'at-work' | 'ended'> {
    const stateMachineArn = this.machineArn;
    if (!stateMachineArn) {
      throw new NotFound(
        'LIFEBOAT_MACHINE_ARN is not set, and there is nothing to start. Deploy the stack again.',
      );
    }
    try {
      await awsCall(this.clock, `Step Functions StartExecution ${name}`, DEADLINE_MS, abort =>
        this.client.send(
          new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
          abort,
        ),
      );
      return 'at-work';
    } catch (error) {
      if (error instanceof Error && error.name === 'ExecutionAlreadyExists') return 'ended';
      throw error;
    }
  }

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
