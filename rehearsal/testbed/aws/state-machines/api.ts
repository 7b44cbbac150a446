import { ApiError, InvalidDefinition } from '../../../embedded/asl';
import type { DeployedMachine, RegionMachines } from './region-machines';
import { described, historyEvent, listed } from './wire';

/** One call of Step Functions' API, with the machines that are deployed at its time. */
export interface ApiCall {
  action: string;
  data: Record<string, unknown>;
  machines: DeployedMachine[];
}

export interface ApiAnswer {
  status: number;
  body: object;
}

type Handler = (machines: RegionMachines, call: ApiCall) => object;

/** Answers as AWS does, errors included. */
export function answer(machines: RegionMachines, call: ApiCall): ApiAnswer {
  const handler = HANDLERS[call.action];
  try {
    if (!handler) throw refusal('UnsupportedOperation', `The test bed does not have ${call.action}.`);
    return { status: 200, body: handler(machines, call) };
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof InvalidDefinition || error instanceof Refusal)) {
      throw error;
    }
    return { status: 400, body: { __type: error.name, message: error.message } };
  }
}

/** An error of AWS's that the interpreter itself does not know. */
class Refusal extends Error {}

function refusal(name: string, message: string): Refusal {
  return Object.assign(new Refusal(message), { name });
}

const HANDLERS: Record<string, Handler> = {
  Validate: (machines, { data }) => {
    machines.check({
      arn: text(data, 'arn'),
      definition: text(data, 'definition'),
      roleArn: 'arn:aws:iam::0:role/x',
    });
    return {};
  },
  StartExecution: (machines, { data, machines: deployed }) => {
    const execution = machines.start(
      deployedAs(deployed, text(data, 'stateMachineArn')),
      data.name === undefined ? undefined : text(data, 'name'),
      json(data.input ?? '{}', 'InvalidExecutionInput'),
    );
    return { executionArn: execution.arn, startDate: execution.startTime / 1000 };
  },
  StopExecution: (machines, { data }) => {
    const execution = machines.find(text(data, 'executionArn'));
    execution.abort(optional(data, 'error'), optional(data, 'cause'));
    return { stopDate: (execution.stopTime ?? Date.now()) / 1000 };
  },
  DescribeExecution: (machines, { data }) => described(machines.find(text(data, 'executionArn'))),
  ListExecutions: (machines, { data, machines: deployed }) => {
    const executions =
      data.mapRunArn === undefined
        ? machines.list(deployedAs(deployed, text(data, 'stateMachineArn')).arn)
        : machines.childrenOf(text(data, 'mapRunArn'));
    const wanted = executions.filter(
      ({ status }) => data.statusFilter === undefined || status === data.statusFilter,
    );
    return paged(data, 'executions', wanted.map(listed));
  },
  GetExecutionHistory: (machines, { data }) => {
    const events = machines.find(text(data, 'executionArn')).history.map(historyEvent);
    return paged(data, 'events', data.reverseOrder === true ? events.reverse() : events);
  },
  SendTaskSuccess: (machines, { data }) => {
    const output = json(data.output, 'InvalidOutput');
    machines.withToken(machine => machine.sendTaskSuccess(text(data, 'taskToken'), output));
    return {};
  },
  SendTaskFailure: (machines, { data }) => {
    const [error, cause] = [optional(data, 'error'), optional(data, 'cause')];
    machines.withToken(machine => machine.sendTaskFailure(text(data, 'taskToken'), error, cause));
    return {};
  },
  SendTaskHeartbeat: (machines, { data }) => {
    machines.withToken(machine => machine.sendTaskHeartbeat(text(data, 'taskToken')));
    return {};
  },
};

function deployedAs(machines: DeployedMachine[], arn: string): DeployedMachine {
  const found = machines.find(machine => machine.arn === arn);
  if (found) return found;
  throw refusal('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
}

function paged(data: Record<string, unknown>, name: string, all: object[]): object {
  const from = Number(data.nextToken ?? 0);
  const size = Number(data.maxResults ?? 0) || 100;
  const more = all.length > from + size;
  return { [name]: all.slice(from, from + size), ...(more ? { nextToken: String(from + size) } : {}) };
}

function text(data: Record<string, unknown>, name: string): string {
  const value = data[name];
  if (typeof value === 'string') return value;
  throw refusal(
    'ValidationException',
    `Value at '${name}' failed to satisfy constraint: Member must not be null`,
  );
}

function optional(data: Record<string, unknown>, name: string): string | undefined {
  return data[name] === undefined || data[name] === null ? undefined : text(data, name);
}

function json(value: unknown, error: string): unknown {
  try {
    return JSON.parse(String(value)) as unknown;
  } catch {
    throw refusal(error, `Invalid JSON: '${String(value).slice(0, 60)}'`);
  }
}
