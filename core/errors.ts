/**
 * One named error per cause. Step Functions matches Retry and Catch by `name`, on-call reads `message`: what was
 * seen, what was expected, what to do next.
 */
export class LifeboatError extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

// Worth another try: the same call may go through in a moment.

/** An AWS API said "slow down". */
export class Throttled extends LifeboatError {}
/** An AWS API gave no answer before its deadline, or an answer of its 5xx kind. */
export class AwsUnavailable extends LifeboatError {}
/** The Kubernetes API gave no answer before its deadline, or an answer of its 5xx kind. */
export class ClusterUnreachable extends LifeboatError {}
/** Somebody else wrote the object between our reading and our writing. */
export class WriteConflict extends LifeboatError {}

/** Names for the Retry of a Task state. */
export const RETRYABLE = [Throttled, AwsUnavailable, ClusterUnreachable, WriteConflict].map(
  error => error.name,
);

// Final: trying again without a person changes nothing.

/** The input of the execution is not a request. Nothing was touched. */
export class BadRequest extends LifeboatError {}
/** Another run has taken the app's lease since. This run must not touch the app any more. */
export class LeaseLost extends LifeboatError {}
/** The API said no: the role, the access entry or the RBAC rule is missing. */
export class Forbidden extends LifeboatError {}
/** Something that the step needs is not there. */
export class NotFound extends LifeboatError {}
/** There is no backup that may be restored. */
export class NoUsableBackup extends LifeboatError {}
/** Velero finished the restore, and not as `Completed`. */
export class RestoreFailed extends LifeboatError {}
/** The restore did not finish within the app's deadline. */
export class RestoreOverdue extends LifeboatError {}
/** A restore into a namespace that serves main was asked for. */
export class NamespaceServesMain extends LifeboatError {}
/** The pods were not Ready within their deadline. */
export class PodsNotReady extends LifeboatError {}
/** The target does not answer for main as a client needs it. */
export class VerificationFailed extends LifeboatError {}
/** The record of main is not the one that the run found at its start. It is left alone. */
export class RecordChanged extends LifeboatError {}
/** Route 53 took the change, and its servers do not answer accordingly. */
export class FlipNotSettled extends LifeboatError {}
/** The switched main does not work for a client. */
export class NotConfirmed extends LifeboatError {}

/** Errors that end an app's run before the flip: what it scaled is undone, DNS stays. */
export const BEFORE_FLIP = [
  Forbidden,
  NotFound,
  NoUsableBackup,
  RestoreFailed,
  RestoreOverdue,
  NamespaceServesMain,
  PodsNotReady,
  VerificationFailed,
  RecordChanged,
].map(error => error.name);

/** Errors after the flip: nothing is undone by itself. */
export const AFTER_FLIP = [FlipNotSettled, NotConfirmed].map(error => error.name);
