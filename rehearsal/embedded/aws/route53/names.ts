/**
 * Domain names as Route 53 keeps them: lower case, absolute, and every character other than a-z, 0-9, hyphen,
 * underscore and dot as a three-digit octal escape, so that `*` becomes `\052`.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
 */
export function canonicalName(name: string): string {
  const absolute = name.endsWith('.') ? name : `${name}.`;
  return plainName(absolute).replace(/[^a-z0-9\-_.]/g, octal);
}

/** The name with its escapes resolved: what a resolver asks for. */
export function plainName(name: string): string {
  return name
    .replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
    .toLowerCase();
}

/**
 * Where ListResourceRecordSets puts a name: by the labels in reverse order, with the trailing dot, in ASCII order.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html ("Sort order")
 */
export function sortKey(name: string): string {
  const labels = plainName(canonicalName(name)).split('.').slice(0, -1);
  return labels
    .reverse()
    .map(label => `${label}.`)
    .join('');
}

export function isInZone(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}

/** Plain comparison of code units: localeCompare would sort `-` and `.` its own way. */
export function ascii(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function octal(character: string): string {
  return `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
}
