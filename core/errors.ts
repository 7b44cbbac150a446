/**
 * One named error per cause. Step Functions matches Retry and Catch by `name`, on-call reads `message`: what was
 * seen, what was expected, what to do next.
 */
export abstract class LifeboatError extends Error {
  // Written out in each class: a minifier renames classes, and the workflow matches these names.
  abstract override name: string;
}

// Worth another try: the same call may go through in a moment.

/** An AWS API said "slow down". */
export class Throttled extends LifeboatError {
  override name = 'Throttled';
}
/** An AWS API gave no answer before its deadline, or an answer of its 5xx kind. */
export class AwsUnavailable extends LifeboatError {
  override name = 'AwsUnavailable';
}
/** The Kubernetes API gave no answer before its deadline, or an answer of its 5xx kind. */
export class ClusterUnreachable extends LifeboatError {
  override name = 'ClusterUnreachable';
}
/** Somebody else wrote the object between our reading and our writing. */
export class WriteConflict extends LifeboatError {
  override name = 'WriteConflict';
}

/** Names for the Retry of a Task state. */
export const RETRYABLE = [Throttled, AwsUnavailable, ClusterUnreachable, WriteConflict].map(
  error => error.name,
);

// Final: trying again without a person changes nothing.

/** The input of the execution is not a request. Nothing was touched. */
export class BadRequest extends LifeboatError {
  override name = 'BadRequest';
}
/** Another run has taken the app's lease since. This run must not touch the app any more. */
export class LeaseLost extends LifeboatError {
  override name = 'LeaseLost';
}
/** The API said no: the role, the access entry or the RBAC rule is missing. */
export class Forbidden extends LifeboatError {
  override name = 'Forbidden';
}
/** Something that the step needs is not there. */
export class NotFound extends LifeboatError {
  override name = 'NotFound';
}
/** The site that is left is still at work, so its last backup would not be its last word. */
export class NotQuiesced extends LifeboatError {
  override name = 'NotQuiesced';
}
/** The last backup ended, and not with all data in it. */
export class BackupFailed extends LifeboatError {
  override name = 'BackupFailed';
}
/** The last backup did not end, or did not come to the target, within its deadline. */
export class BackupOverdue extends LifeboatError {
  override name = 'BackupOverdue';
}
/** A real restore needed Velero, which has one at work at a time. */
export class DrillGaveWay extends LifeboatError {
  override name = 'DrillGaveWay';
}
/** What a drill left behind does not go away. */
export class CleanupOverdue extends LifeboatError {
  override name = 'CleanupOverdue';
}
/** There is no backup that may be restored. */
export class NoUsableBackup extends LifeboatError {
  override name = 'NoUsableBackup';
}
/** Velero finished the restore, and not as `Completed`. */
export class RestoreFailed extends LifeboatError {
  override name = 'RestoreFailed';
}
/** The restore did not finish within the app's deadline. */
export class RestoreOverdue extends LifeboatError {
  override name = 'RestoreOverdue';
}
/** A restore into a namespace that serves main was asked for. */
export class NamespaceServesMain extends LifeboatError {
  override name = 'NamespaceServesMain';
}
/** The pods were not Ready within their deadline. */
export class PodsNotReady extends LifeboatError {
  override name = 'PodsNotReady';
}
/** The target does not answer for main as a client needs it. */
export class VerificationFailed extends LifeboatError {
  override name = 'VerificationFailed';
}
/** The record of main is not the one that the run found at its start. It is left alone. */
export class RecordChanged extends LifeboatError {
  override name = 'RecordChanged';
}
/** Route 53 took the change, and its servers do not answer accordingly. */
export class FlipNotSettled extends LifeboatError {
  override name = 'FlipNotSettled';
}
/** The switched main does not work for a client. */
export class NotConfirmed extends LifeboatError {
  override name = 'NotConfirmed';
}

/** Errors that end an app's run before the flip: what it scaled is undone, DNS stays. */
export const BEFORE_FLIP = [
  'Forbidden',
  'NotFound',
  'NotQuiesced',
  'BackupFailed',
  'BackupOverdue',
  'DrillGaveWay',
  'CleanupOverdue',
  'NoUsableBackup',
  'RestoreFailed',
  'RestoreOverdue',
  'NamespaceServesMain',
  'PodsNotReady',
  'VerificationFailed',
  'RecordChanged',
];

/** Errors after the flip: nothing is undone by itself. */
export const AFTER_FLIP = ['FlipNotSettled', 'NotConfirmed'];
