import { createHash, randomInt } from 'node:crypto';
import { ApiError, type Execution, InvalidDefinition, StateMachine } from '../../../embedded/asl';
import type { InvokeLambda } from './lambda-task';
import { RealClock } from './real-clock';

/** A state machine as it is deployed now. */
export interface DeployedMachine {
  arn: string;
  /** Amazon States Language, JSON text. */
  definition: string;
  roleArn: string;
}

export interface RegionMachinesOptions {
  invoke: InvokeLambda;
  onStatus(execution: Execution): void;
}

const RESOURCES = ['arn:aws:states:::lambda:invoke'];

/**
 * The state machines of one Region with all their executions. An execution keeps the definition that it was started
 * with, so a machine that was deployed again is a second one under the same ARN.
 */
export class RegionMachines {
  private readonly revisions = new Map<string, Map<string, StateMachine>>();
  private readonly clock = new RealClock();

  constructor(private readonly options: RegionMachinesOptions) {}

  /** @throws InvalidDefinition */
  check(deployed: DeployedMachine): void {
    this.build(deployed);
  }

  /** @throws ApiError as StartExecution */
  start(deployed: DeployedMachine, name: string | undefined, input: unknown): Execution {
    const existing = name === undefined ? undefined : this.named(deployed.arn, name);
    const machine = existing ?? this.current(deployed);
    const execution = machine.start({ ...(name === undefined ? {} : { name }), input });
    // Whoever asks learns the outcome by its status; a fault of the interpreter itself must not be lost.
    execution.result.catch((error: unknown) => {
      setImmediate(() => {
        throw error;
      });
    });
    return execution;
  }

  /** Newest first. */
  list(arn: string): Execution[] {
    return this.all(arn)
      .flatMap(machine => machine.executions())
      .sort((a, b) => b.startTime - a.startTime);
  }

  /** Finds children of Map Runs too. @throws ApiError ExecutionDoesNotExist */
  find(executionArn: string): Execution {
    const everything = [...this.revisions.keys()].flatMap(arn => this.list(arn));
    const found = everything
      .flatMap(execution => [execution, ...execution.children])
      .find(execution => execution.arn === executionArn);
    if (found) return found;
    throw new ApiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
  }

  /** The children of a Map Run, in the order in which they were started. */
  childrenOf(mapRunArn: string): Execution[] {
    const everything = [...this.revisions.keys()].flatMap(arn => this.list(arn));
    const parent = everything.find(execution =>
      execution.history.some(
        ({ type, details }) => type === 'MapRunStarted' && details.mapRunArn === mapRunArn,
      ),
    );
    const label = /\/([^:/]+):[^:]+$/.exec(mapRunArn)?.[1];
    return parent?.children.filter(child => child.stateMachineArn.endsWith(`/${label}`)) ?? [];
  }

  /** Hands a task token to the machine that gave it out. @throws ApiError as SendTaskSuccess */
  withToken(send: (machine: StateMachine) => void): void {
    let unknown: unknown = new ApiError('TaskDoesNotExist', 'Task does not exist');
    for (const machine of [...this.revisions.values()].flatMap(each => [...each.values()])) {
      try {
        send(machine);
        return;
      } catch (error) {
        if (!(error instanceof ApiError) || error.name !== 'TaskDoesNotExist') throw error;
        unknown = error;
      }
    }
    throw unknown;
  }

  private named(arn: string, name: string): StateMachine | undefined {
    return this.all(arn).find(machine => machine.executions().some(execution => execution.name === name));
  }

  private all(arn: string): StateMachine[] {
    return [...(this.revisions.get(arn)?.values() ?? [])];
  }

  private current(deployed: DeployedMachine): StateMachine {
    const { arn, definition, roleArn } = deployed;
    const revisions = this.revisions.get(arn) ?? new Map<string, StateMachine>();
    const key = createHash('sha256').update(`${roleArn}\0${definition}`).digest('hex');
    const machine = revisions.get(key) ?? this.build(deployed);
    this.revisions.set(arn, revisions.set(key, machine));
    return machine;
  }

  private build({ arn, definition, roleArn }: DeployedMachine): StateMachine {
    return new StateMachine(parsed(definition), {
      clock: this.clock,
      arn,
      roleArn,
      random: () => randomInt(2 ** 47) / 2 ** 47,
      resources: RESOURCES,
      invoke: (resource, args, meta) =>
        this.options.invoke({ machineArn: arn, roleArn }, resource, args, meta),
      onExecutionStatus: execution => this.options.onStatus(execution),
    });
  }
}

function parsed(definition: string): unknown {
  try {
    return JSON.parse(definition) as unknown;
  } catch (error) {
    throw new InvalidDefinition([{ path: '', message: `it is no JSON: ${(error as Error).message}` }]);
  }
}
