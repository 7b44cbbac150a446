import { isObject } from './json';

/** The members of `$states`, besides input and context, that a field may read. */
export type Readable = 'result' | 'errorOutput';

type Report = (message: string) => void;

/**
 * What CreateStateMachine refuses in an expression that parses: names that need a context item there is none of,
 * `$$`, `$eval`, and members of `$states` that do not exist where the expression stands ("Attempting to access
 * $states.result or $states.errorOutput from fields and states where they are not accessible will be caught at
 * creation, update, or validation of the state machine", .../dg/transforming-data.html).
 */
export function checkExpression(ast: unknown, readable: readonly Readable[], report: Report): void {
  walk(ast, true, readable, report);
}

/** `top` says that the node is evaluated against the context item that does not exist. */
function walk(node: unknown, top: boolean, readable: readonly Readable[], report: Report): void {
  if (Array.isArray(node)) {
    for (const item of node) walk(item, top, readable, report);
    return;
  }
  if (!isObject(node)) return;
  const again = (child: unknown, childTop: boolean) => walk(child, childTop, readable, report);
  switch (node.type) {
    case 'path':
      path(node, top, readable, report, again);
      break;
    case 'name':
    case 'wildcard':
    case 'descendant':
    case 'parent':
      if (top) report(`Reference to '${String(node.value ?? '%')}' at the top level is not supported.`);
      break;
    case 'variable':
      variable(node, top, report);
      break;
    case 'transform':
      // |pattern|update|: both are evaluated against the value that the transform is applied to.
      again([node.pattern, node.update, node.delete], false);
      break;
    default:
      again(operands(node), top);
  }
  decorations(node, again);
}

type Again = (child: unknown, top: boolean) => void;

function path(
  node: Record<string, unknown>,
  top: boolean,
  readable: readonly Readable[],
  report: Report,
  again: Again,
) {
  const steps = Array.isArray(node.steps) ? node.steps : [];
  const [first, second] = steps as (Record<string, unknown> | undefined)[];
  if (first?.type === 'variable' && first.value === 'states' && second?.type === 'name') {
    states(String(second.value), readable, report);
  }
  steps.forEach((step, i) => {
    again(step, top && i === 0);
  });
}

function states(member: string, readable: readonly Readable[], report: Report) {
  if (member === 'input' || member === 'context') return;
  if (member !== 'result' && member !== 'errorOutput') report(`$states has no member '${member}'.`);
  else if (!readable.includes(member)) report(`$states.${member} is not accessible in this field.`);
}

function variable(node: Record<string, unknown>, top: boolean, report: Report) {
  if (node.value === '$') report("Reference to '$$' is not supported.");
  else if (node.value === '' && top) report("Reference to '$' at the top level is not supported.");
  else if (node.value === 'eval') report('The function $eval is not supported. Use $parse.');
}

/** The children that share their parent's context item. */
function operands(node: Record<string, unknown>): unknown[] {
  const { lhs, rhs, expression, expressions, procedure, condition, body } = node;
  return [
    lhs,
    rhs,
    expression,
    expressions,
    procedure,
    node.arguments,
    condition,
    node.then,
    node.else,
    body,
  ];
}

/** Filters, sorts and groupings see the items of what they stand behind. */
function decorations(node: Record<string, unknown>, again: Again) {
  const parts = [node.stages, node.predicate, node.group, node.terms];
  for (const part of parts.flat()) {
    if (!isObject(part)) continue;
    again([part.expr, part.expression, part.lhs], false);
  }
}
