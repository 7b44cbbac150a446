/**
 * The steps of the activation workflow under the words of its design: the names of the states in Step Functions,
 * of the Lambdas, of the phases in reports and of the folders under lambdas/steps.
 */
export const STEPS = [
  'admit',
  'assess',
  'preflight',
  'tell',
  'turn',
  'fence',
  'backup',
  'restore',
  'scale',
  'verify',
  'flip',
  'confirm',
  'drill',
  'cleanup',
  'rollback',
  'close',
  'report',
] as const;

export type StepName = (typeof STEPS)[number];

/** Lambdas beside the workflow: the one that watches the other site, and the one that turns an alarm into a run. */
export const WATCHERS = ['guard', 'start'] as const;
export const FUNCTIONS = [...STEPS, ...WATCHERS] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** A step is asked again until it is done; between two askings the workflow waits, never the Lambda. */
export interface StateNames {
  state: string;
  until?: string;
  wait?: string;
}

export const STATES: Record<StepName, StateNames> = {
  admit: { state: 'Admit' },
  assess: { state: 'Assess', until: 'Assessed?', wait: 'Wait for the next sample' },
  preflight: { state: 'Preflight' },
  tell: { state: 'Tell on-call' },
  turn: { state: 'Await turn', until: 'Its turn?', wait: 'Wait for its turn' },
  fence: { state: 'Fence', until: 'At rest?', wait: 'Wait for rest' },
  backup: { state: 'Back up', until: 'Backed up?', wait: 'Wait for the backup' },
  restore: { state: 'Restore', until: 'Restored?', wait: 'Wait for the data' },
  scale: { state: 'Scale', until: 'Ready?', wait: 'Wait for the pods' },
  verify: { state: 'Verify', until: 'Verified?', wait: 'Wait to verify again' },
  flip: { state: 'Flip', until: 'Flipped?', wait: 'Wait for Route 53' },
  confirm: { state: 'Confirm', until: 'Confirmed?', wait: 'Wait for the clients' },
  drill: { state: 'Drill', until: 'Drilled?', wait: 'Wait for the drill' },
  cleanup: { state: 'Clean up', until: 'Cleaned up?', wait: 'Wait until it is clean' },
  rollback: { state: 'Roll back' },
  close: { state: 'Close' },
  report: { state: 'Report' },
};

/** The phases of one app, in the order in which they happen. */
export const APP_PHASES = [
  'turn',
  'fence',
  'backup',
  'restore',
  'scale',
  'verify',
  'flip',
  'confirm',
  'drill',
  'cleanup',
] as const;
export type AppPhase = (typeof APP_PHASES)[number];
