export { ApiError, InvalidDefinition, type Problem } from './errors';
export type { Execution, ExecutionResult, ExecutionStatus, Invoke, InvokeMeta } from './execution';
export type { HistoryEvent } from './history';
export type { Json } from './json';
export { AWS_LIMITS, type Limits } from './limits';
export { type ExecutionDescription, StateMachine, type StateMachineOptions } from './machine';
