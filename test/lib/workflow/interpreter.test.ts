import type { Template } from 'aws-cdk-lib/assertions';
import { STATES } from '../../../core/phases';
import { definitionOf, type StatesJson } from '../../../lib/workflow/definition';
import { childOf, EXECUTION, eventsOf } from '../../../lib/workflow/history';
import { type Execution, StateMachine } from '../../../rehearsal/embedded/asl';
import { VirtualClock } from '../../../rehearsal/embedded/virtual-clock';
import { exampleConfig } from '../example';
import { synthesized } from '../synthesized';

const LAMBDA = 'arn:aws:states:::lambda:invoke';
const ARN = 'arn:aws:states:us-east-2:111122223333:stateMachine:lifeboat-levlabs';

type Answer = (payload: never, attempt: number, seconds: number) => unknown;

/** Runs a definition; `answers` are the Lambdas by the name of the state that asks. */
async function run(definition: object, answers: Record<string, Answer>): Promise<Execution> {
  const clock = new VirtualClock(0);
  const machine = new StateMachine(definition, {
    clock,
    arn: ARN,
    random: () => 0.5,
    resources: [LAMBDA],
    invoke: async (_resource, args, { stateName, attempt }) => {
      const answer = answers[stateName];
      if (!answer) throw new Error(`Nobody answers ${stateName}.`);
      const { Payload } = args as { Payload: never };
      return { StatusCode: 200, Payload: answer(Payload, attempt, clock.now() / 1000) };
    },
  });
  const execution = machine.start({ name: 'run-1', input: { activate: 'dr' } });
  await clock.run(execution.result, 7 * 86_400_000);
  return execution;
}

/** A loop of the workflow and nothing else. */
function onlyLoop(retry: object[]): StatesJson {
  const { state, until = '', wait = '' } = STATES.verify;
  const machine = {
    QueryLanguage: 'JSONata',
    StartAt: state,
    States: {
      [state]: {
        Type: 'Task',
        Resource: LAMBDA,
        Arguments: { FunctionName: 'verify', Payload: {} },
        Output: '{% $states.result.Payload %}',
        ...(retry.length > 0 ? { Retry: retry } : {}),
        Next: until,
      },
      [until]: {
        Type: 'Choice',
        Choices: [{ Condition: '{% $states.input.done %}', Next: 'Done' }],
        Default: wait,
      },
      [wait]: { Type: 'Wait', Seconds: 10, Next: state },
      Done: { Type: 'Succeed' },
    },
  };
  return machine as unknown as StatesJson;
}

class Throttled extends Error {
  override name = 'Throttled';
}

it.each(['primary', 'dr'] as const)('takes the definition that stands in the template of %s', site => {
  const deployed = deployedDefinition(synthesized(exampleConfig())[site]);
  const build = () =>
    new StateMachine(deployed, {
      clock: new VirtualClock(0),
      arn: ARN,
      random: () => 0.5,
      resources: [LAMBDA],
      invoke: () => Promise.reject(new Error('Nothing is run.')),
    });
  expect(build).not.toThrow();
  // What the calculator reads is what is deployed, but for names of functions and the comment.
  const shape = ({ States: states }: StatesJson) => Object.keys(states).sort();
  expect(shape(definitionOf(site))).toEqual(shape(deployed));
});

describe('the calculator counts what the interpreter records', () => {
  const loops = { verify: { seconds: 60, wait: () => 10 } };

  it('for a loop that goes smoothly', async () => {
    const loop = onlyLoop([]);
    const { history } = await run(loop, {
      Verify: (_payload, _attempt, seconds) => ({ done: seconds >= 60 }),
    });
    expect(history).toHaveLength(EXECUTION + eventsOf(loop, loops));
  });

  it('for a loop that uses up its retries each time', async () => {
    const loop = onlyLoop([
      { ErrorEquals: ['Throttled'], IntervalSeconds: 1, BackoffRate: 1, MaxAttempts: 2 },
    ]);
    const { history } = await run(loop, {
      Verify: (_payload, attempt, seconds) => {
        if (attempt <= 2) throw new Throttled('slow down');
        return { done: seconds >= 60 };
      },
    });
    expect(history).toHaveLength(EXECUTION + eventsOf(loop, loops));
  });
});

describe('a whole run of one app, each step asked once', () => {
  const done = { done: true, waitSeconds: 0, detail: '' };
  const answers: Record<string, Answer> = {
    Admit: () => ({ run: { id: 'run-1', activate: 'dr' }, apps: ['shop'] }),
    Assess: () => ({ ...done, apps: ['shop'] }),
    Preflight: () => ({ apps: ['shop'], approvals: [], approvalTimeoutSeconds: 900, detail: '' }),
    'Tell on-call': () => ({ detail: '' }),
    'Await turn': () => ({ ...done, go: true }),
    Close: () => ({ app: 'shop', outcome: 'succeeded' }),
    Report: () => ({ outcome: 'succeeded', summary: 'shop is on dr.' }),
    ...Object.fromEntries(
      ['Fence', 'Restore', 'Scale', 'Verify', 'Flip', 'Confirm'].map(name => [name, () => done]),
    ),
  };

  it('has in each history what the calculator counts for the states that were entered', async () => {
    const definition = definitionOf('dr');
    const execution = await run(definition, answers);
    const [child] = execution.children;
    if (!child) throw new Error('The map started no child.');
    expect(execution.status).toBe('SUCCEEDED');
    expect(execution.history).toHaveLength(EXECUTION + eventsOf(enteredOf(definition, execution), {}));
    expect(child.history).toHaveLength(EXECUTION + eventsOf(enteredOf(childOf(definition), child), {}));
  });
});

/** The states that an execution entered, without the retries that it did not need. */
function enteredOf(definition: StatesJson, { history }: Execution): StatesJson {
  const names = new Set(
    history.filter(({ type }) => type.endsWith('StateEntered')).map(({ details }) => details.name),
  );
  const keep = ({ StartAt, States: states }: StatesJson): StatesJson => ({
    StartAt,
    States: Object.fromEntries(
      Object.entries(states)
        .filter(([name]) => names.has(name))
        .map(([name, { Retry: _retry, Branches, ...state }]) => [
          name,
          { ...state, ...(Branches ? { Branches: Branches.map(keep) } : {}) },
        ]),
    ),
  });
  return keep(definition);
}

/** The text that CloudFormation would hand to Step Functions. */
function deployedDefinition(template: Template): StatesJson {
  const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  if (!machine) throw new Error('The template has no state machine.');
  const parts = machine.Properties.DefinitionString['Fn::Join'][1] as unknown[];
  const text = parts.map(part => (typeof part === 'string' ? part : 'x')).join('');
  return JSON.parse(text.replaceAll('arn:x:', 'arn:aws:')) as StatesJson;
}
