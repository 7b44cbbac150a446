import type { FieldError } from '../errors';
import { isRecord } from '../json';
import type { KubeObject, ResourceType } from '../object';

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const DNS_1123_LABEL = new RegExp(`^${LABEL}$`);
const DNS_1123_SUBDOMAIN = new RegExp(`^${LABEL}(\\.${LABEL})*$`);
const DNS_1035_LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const QUALIFIED_NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const DNS_1035_RULE =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const VALUE_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

export function invalid(field: string, value: unknown, why: string): FieldError {
  return {
    type: 'FieldValueInvalid',
    field,
    message: `Invalid value: ${JSON.stringify(value) ?? 'null'}: ${why}`,
  };
}

export function required(field: string, why = ''): FieldError {
  return {
    type: 'FieldValueRequired',
    field,
    message: why === '' ? 'Required value' : `Required value: ${why}`,
  };
}

export function forbidden(field: string, why: string): FieldError {
  return { type: 'FieldValueForbidden', field, message: `Forbidden: ${why}` };
}

function tooLong(field: string, value: string, limit: number): FieldError[] {
  return value.length > limit ? [invalid(field, value, `must be no more than ${limit} characters`)] : [];
}

function nameErrors(type: ResourceType, name: string): FieldError[] {
  const field = 'metadata.name';
  if (type.group === 'rbac.authorization.k8s.io') {
    // Role names are path segments only: `system:node` is one.
    return /[/%]/.test(name) || name === '.' || name === '..'
      ? [invalid(field, name, 'may not contain "/" or "%"')]
      : [];
  }
  if (type.kind === 'Service' && type.group === '') {
    return [
      ...tooLong(field, name, 63),
      ...(DNS_1035_LABEL.test(name) ? [] : [invalid(field, name, DNS_1035_RULE)]),
    ];
  }
  if (type.kind === 'Namespace' && type.group === '') {
    return [
      ...tooLong(field, name, 63),
      ...(DNS_1123_LABEL.test(name) ? [] : [invalid(field, name, LABEL_RULE)]),
    ];
  }
  // A CronJob's Jobs are named after it with eleven more characters, and a Job's name is a label value.
  const limit = type.group === 'batch' && type.kind === 'CronJob' ? 52 : 253;
  return [
    ...tooLong(field, name, limit),
    ...(DNS_1123_SUBDOMAIN.test(name) ? [] : [invalid(field, name, SUBDOMAIN_RULE)]),
  ];
}

function keyErrors(field: string, key: string): FieldError[] {
  const slash = key.lastIndexOf('/');
  const prefix = slash === -1 ? undefined : key.slice(0, slash);
  const name = key.slice(slash + 1);
  const good =
    name.length <= 63 &&
    QUALIFIED_NAME.test(name) &&
    (prefix === undefined || (prefix.length <= 253 && DNS_1123_SUBDOMAIN.test(prefix)));
  return good
    ? []
    : [invalid(field, key, 'name part must consist of alphanumeric characters, and at most 63 of them')];
}

export function labelErrors(field: string, labels: unknown): FieldError[] {
  if (!isRecord(labels)) return [];
  return Object.entries(labels).flatMap(([key, value]) => [
    ...keyErrors(field, key),
    ...(typeof value !== 'string' ? [] : tooLong(field, value, 63)),
    ...(typeof value === 'string' && !LABEL_VALUE.test(value) ? [invalid(field, value, VALUE_RULE)] : []),
  ]);
}

export function metadataErrors(type: ResourceType, object: KubeObject): FieldError[] {
  const { metadata } = object;
  return [
    ...(metadata.name
      ? nameErrors(type, metadata.name)
      : [required('metadata.name', 'name or generateName is required')]),
    ...(type.namespaced && !metadata.namespace ? [required('metadata.namespace')] : []),
    ...(!type.namespaced && metadata.namespace
      ? [forbidden('metadata.namespace', 'not allowed on this type')]
      : []),
    ...labelErrors('metadata.labels', metadata.labels),
    ...Object.keys(metadata.annotations ?? {}).flatMap(key =>
      keyErrors('metadata.annotations', key.toLowerCase()),
    ),
  ];
}
