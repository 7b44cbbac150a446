import { AwsUnavailable, ClusterUnreachable, Forbidden, NotFound, Throttled } from '../../core/errors';

const KINDS = [ClusterUnreachable, AwsUnavailable, Throttled, Forbidden, NotFound];

/** A site that does not answer, or does not let us in: a reason to go on without it. A mistake of ours is none. */
export function isAbsence(error: unknown): error is Error {
  return KINDS.some(kind => error instanceof kind);
}
