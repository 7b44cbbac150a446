/** The syntaxes of names that others define: Kubernetes, DNS, AWS. Each cites the rule that it follows. */
import { text } from './fields';
import { show } from './problem';

const LABEL = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(?:\\.${LABEL})*`;

/** Namespaces: RFC 1123 label (kubernetes.io, "Object Names and IDs"). */
export const namespaceName = text({
  what: 'a namespace name',
  hint: 'write at most 63 lower-case letters, digits and hyphens, like sample-app',
  examples: ['sample-app'],
  pattern: new RegExp(`^${LABEL}$`),
});

/** Most other Kubernetes objects: RFC 1123 subdomain of at most 253 characters. */
export function objectName(what: string, example: string) {
  return text({
    what,
    hint: `write lower-case letters, digits, hyphens and dots, like ${example}`,
    examples: [example],
    pattern: new RegExp(`^${SUBDOMAIN}$`),
    max: 253,
  });
}

/** Velero's `excludedResources`: plural resource, with its API group unless that is the core one. */
export const resourceName = text({
  what: 'a Kubernetes resource',
  hint: 'write the plural, with its API group if it has one, like configmaps or jobs.batch',
  examples: ['configmaps', 'jobs.batch'],
  pattern: /^[a-z][a-z0-9]*(?:\.[a-z0-9][-a-z0-9]*)*$/,
  max: 253,
});

/** Label keys: an optional DNS prefix and a name of at most 63 characters. */
export const labelKey = text({
  what: 'a label key',
  hint: 'write letters, digits, "-", "_" and ".", with a DNS prefix if you like: site or example.com/site',
  examples: ['site', 'example.com/site'],
  pattern: new RegExp(`^(?:${SUBDOMAIN}/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`),
  max: 317,
});

/** Label values: at most 63 characters, may be empty. */
export const labelValue = text({
  what: 'a label value',
  hint: 'write at most 63 letters, digits, "-", "_" and ".", with a letter or digit first and last',
  pattern: /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/,
});

const HOST = new RegExp(`^(?:${LABEL}\\.)+${LABEL}$`);

/** RFC 1123 host names with at least two labels, lower case: DNS ignores case, comparisons here do not. */
export function hostName(what: string, example: string) {
  const hint = `write a DNS name in lower case, like ${example}`;
  return text({
    what,
    hint,
    examples: [example],
    pattern: HOST,
    max: 253,
    slip: written => {
      if (written.endsWith('.')) return `${show(written)} ends with a dot; leave the dot out`;
      if (written.startsWith('*.')) return `${show(written)} is a wildcard; ${hint}`;
      if (/^[a-z]+:\/\//.test(written)) return `${show(written)} is a URL; ${hint}`;
      return undefined;
    },
  });
}

/** An image's registry, or a part of its path: what stands before the repository's name. */
export const imagePrefix = text({
  what: 'an image registry',
  hint: 'write host[:port][/path] without https:// and without a tag, like 111122223333.dkr.ecr.us-east-1.amazonaws.com',
  examples: ['111122223333.dkr.ecr.us-east-1.amazonaws.com'],
  pattern: /^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?(?::\d{1,5})?(?:\/[a-z0-9](?:[-a-z0-9._]*[a-z0-9])?)*$/,
  max: 255,
  slip: written =>
    /^(?:[^/]*[.:]|localhost)/.test(written)
      ? undefined
      : `${show(written)} names no registry; the part before the first "/" needs a dot or a port, like docker.io/library`,
});

/** AWS Regions of every partition: us-east-1, us-gov-west-1, eusc-de-east-1. */
export const regionName = text({
  what: 'an AWS Region',
  hint: 'write it like us-east-1',
  examples: ['us-east-1', 'eu-central-1'],
  pattern: /^[a-z]{2,4}(?:-[a-z]+){1,3}-[1-9]\d?$/,
  slip: written => {
    const zone = /^([a-z]{2,4}(?:-[a-z]+)+-\d+)[a-z]$/.exec(written);
    return zone === null
      ? undefined
      : `${show(written)} is an Availability Zone; write the Region, ${zone[1]}`;
  },
});

/** EKS: starts with a letter or digit, then letters, digits, "-" and "_", at most 100 (CreateCluster API). */
export const clusterName = text({
  what: 'an EKS cluster name',
  hint: 'write at most 100 letters, digits, "-" and "_", with a letter or digit first, like levlabs-primary',
  examples: ['levlabs-primary'],
  pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/,
});

export const zoneId = text({
  what: 'a Route 53 hosted zone id',
  hint: 'write it like Z0123456789ABCDEFGHIJ',
  examples: ['Z0123456789ABCDEFGHIJ'],
  pattern: /^Z[A-Z0-9]{7,31}$/,
  slip: written => {
    const prefixed = /^\/hostedzone\/(Z[A-Z0-9]+)$/.exec(written);
    return prefixed === null ? undefined : `${show(written)} has a prefix; write only the id, ${prefixed[1]}`;
  },
});

export const roleArn = text({
  what: 'the ARN of an IAM role',
  hint: 'write it like arn:aws:iam::111122223333:role/lifeboat-dns',
  examples: ['arn:aws:iam::111122223333:role/lifeboat-dns'],
  pattern: /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/,
});

/** EC2 ids: the old form has 8 hexadecimal digits, today's 17. */
export function ec2Id(what: string, prefix: string) {
  return text({
    what,
    hint: `write it like ${prefix}-0123456789abcdef0`,
    examples: [`${prefix}-0123456789abcdef0`],
    pattern: new RegExp(`^${prefix}-(?:[0-9a-f]{8}|[0-9a-f]{17})$`),
  });
}
