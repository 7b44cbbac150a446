import type { ResourceType } from './object';

/** What is wrong with one field, as the API server words it: `spec.replicas: Invalid value: -1: must be …`. */
export interface FieldError {
  type: 'FieldValueRequired' | 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueNotSupported';
  field: string;
  message: string;
}

interface Details {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: { reason: string; message: string; field: string }[];
  retryAfterSeconds?: number;
}

/** The body of every refusal: kubectl and all clients decide by `reason` and `code`. */
export interface StatusBody {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: Record<string, never>;
  status: 'Failure';
  message: string;
  reason: string;
  details?: Details;
  code: number;
}

/**
 * A refusal of the API server. Texts and codes are those of k8s.io/apimachinery/pkg/api/errors, since people and
 * programs read them.
 */
export abstract class ApiError extends Error {
  abstract readonly code: number;
  abstract readonly reason: string;
  readonly details: Details | undefined;

  constructor(message: string, details?: Details) {
    super(message);
    this.details = details;
  }

  status(): StatusBody {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      ...(this.details ? { details: this.details } : {}),
      code: this.code,
    };
  }
}

/** `deployments.apps`, as the messages name a resource; the core group has no suffix. */
export function qualified(type: ResourceType): string {
  return type.group === '' ? type.resource : `${type.resource}.${type.group}`;
}

function detailsOf(type: ResourceType, name: string): Details {
  return { name, ...(type.group === '' ? {} : { group: type.group }), kind: type.resource };
}

export class NotFound extends ApiError {
  override name = 'NotFound';
  readonly code = 404;
  readonly reason = 'NotFound';

  constructor(type: ResourceType, name: string) {
    super(`${qualified(type)} "${name}" not found`, detailsOf(type, name));
  }
}

export class AlreadyExists extends ApiError {
  override name = 'AlreadyExists';
  readonly code = 409;
  readonly reason = 'AlreadyExists';

  constructor(type: ResourceType, name: string) {
    super(`${qualified(type)} "${name}" already exists`, detailsOf(type, name));
  }
}

export class Conflict extends ApiError {
  override name = 'Conflict';
  readonly code = 409;
  readonly reason = 'Conflict';

  constructor(
    type: ResourceType,
    name: string,
    why = 'the object has been modified; please apply your changes to the latest version and try again',
  ) {
    super(`Operation cannot be fulfilled on ${qualified(type)} "${name}": ${why}`, detailsOf(type, name));
  }
}

export class Invalid extends ApiError {
  override name = 'Invalid';
  readonly code = 422;
  readonly reason = 'Invalid';

  constructor(type: ResourceType, name: string, errors: readonly FieldError[]) {
    const kind = type.group === '' ? type.kind : `${type.kind}.${type.group}`;
    const lines = errors.map(error => `${error.field}: ${error.message}`);
    const all = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`;
    super(`${kind} "${name}" is invalid: ${all}`, {
      ...detailsOf(type, name),
      kind: type.kind,
      causes: errors.map(error => ({ reason: error.type, message: error.message, field: error.field })),
    });
  }
}

/** The server understood the body's type and could not do what it says, such as a JSON Patch `test` that fails. */
export class Unprocessable extends ApiError {
  override name = 'Unprocessable';
  readonly code = 422;
  readonly reason = 'Invalid';
}

export class UnknownKind extends ApiError {
  override name = 'UnknownKind';
  readonly code = 404;
  readonly reason = 'NotFound';

  constructor(apiVersion: string, kind: string) {
    super(`no matches for kind "${kind}" in version "${apiVersion}"`);
  }
}

export class Forbidden extends ApiError {
  override name = 'Forbidden';
  readonly code = 403;
  readonly reason = 'Forbidden';

  static resource(type: ResourceType, name: string, why: string): Forbidden {
    const what = name === '' ? qualified(type) : `${qualified(type)} "${name}"`;
    return new Forbidden(`${what} is forbidden: ${why}`, {
      ...(name === '' ? {} : { name }),
      ...(type.group === '' ? {} : { group: type.group }),
      kind: type.resource,
    });
  }
}

export class Unauthorized extends ApiError {
  override name = 'Unauthorized';
  readonly code = 401;
  readonly reason = 'Unauthorized';

  constructor() {
    super('Unauthorized');
  }
}

export class BadRequest extends ApiError {
  override name = 'BadRequest';
  readonly code = 400;
  readonly reason = 'BadRequest';
}

export class MethodNotAllowed extends ApiError {
  override name = 'MethodNotAllowed';
  readonly code = 405;
  readonly reason = 'MethodNotAllowed';
}

export class UnsupportedMediaType extends ApiError {
  override name = 'UnsupportedMediaType';
  readonly code = 415;
  readonly reason = 'UnsupportedMediaType';

  constructor(accepted: readonly string[]) {
    super(
      `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
    );
  }
}

/** A `continue` token that is older than what etcd still keeps. */
export class Expired extends ApiError {
  override name = 'Expired';
  readonly code = 410;
  readonly reason = 'Expired';
}
