import { App, Stack } from 'aws-cdk-lib';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { QueryLanguage, StateGraph } from 'aws-cdk-lib/aws-stepfunctions';
import type { SiteName } from '../../core/config';
import { STEPS } from '../../core/phases';
import { activation } from './activation';
import type { StepFunctions } from './step-task';

/** A state in the Amazon States Language, as far as anybody here reads it. */
export interface StateJson {
  Type: string;
  Resource?: string;
  TimeoutSeconds?: number | string;
  Retry?: Retrier[];
  Catch?: { ErrorEquals: string[]; Next: string }[];
  Next?: string;
  Branches?: StatesJson[];
  ItemProcessor?: StatesJson;
  Arguments?: unknown;
}

export interface StatesJson {
  QueryLanguage?: string;
  StartAt: string;
  States: Record<string, StateJson>;
}

export interface Retrier {
  ErrorEquals: string[];
  IntervalSeconds?: number;
  MaxAttempts?: number;
  BackoffRate?: number;
  MaxDelaySeconds?: number;
  JitterStrategy?: string;
}

/** The definition of a site's workflow without a stack around it; its functions are named after their steps. */
export function definitionOf(site: SiteName): StatesJson {
  const stack = new Stack(new App({ analyticsReporting: false }), 'Definition');
  const functions = STEPS.map(step => {
    const arn = `arn:aws:lambda:us-east-1:111122223333:function:${step}`;
    return [step, LambdaFunction.fromFunctionArn(stack, `function-${step}`, arn)] as const;
  });
  const start = activation(stack, Object.fromEntries(functions) as unknown as StepFunctions, site).startState;
  const resolved: unknown = stack.resolve(
    new StateGraph(start, 'definition').toGraphJson(QueryLanguage.JSONATA),
  );
  // The state machine writes the language once for all states; the graph knows it and does not say so.
  return { QueryLanguage: 'JSONata', ...(JSON.parse(JSON.stringify(resolved, joined)) as StatesJson) };
}

/** A text with the partition in it, as CloudFormation would join it. */
function joined(_key: string, value: unknown): unknown {
  const parts = (value as { 'Fn::Join'?: [string, unknown[]] } | undefined | null)?.['Fn::Join']?.[1];
  return parts ? parts.map(part => (typeof part === 'string' ? part : 'aws')).join('') : value;
}
