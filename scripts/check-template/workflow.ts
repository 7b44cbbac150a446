import validate from 'asl-validator';
import type { Result } from './index';
import type { Synthesized } from './synthesize';
import { asText, ofType } from './template';

/** The definition of each state machine, in the Amazon States Language. */
export function checkWorkflows({ stacks }: Synthesized): Result {
  const findings: string[] = [];
  let machines = 0;
  for (const { name, template } of stacks) {
    for (const [id, { DefinitionString }] of ofType(template, 'AWS::StepFunctions::StateMachine')) {
      machines += 1;
      const result = validate(JSON.parse(asText(DefinitionString)));
      if (!result.isValid) findings.push(`${name} ${id}: ${result.errorsText('; ')}`);
    }
  }
  if (machines === 0) findings.push('There is no state machine in any stack.');
  return { line: `asl-validator on ${machines} state machines`, findings };
}
