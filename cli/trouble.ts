/** Why AWS could not be asked, as whoever types shall read it: what was seen, and what to type next. */
export class Trouble extends Error {
  override name = 'Trouble';

  constructor(
    /** `setup`: the credentials or the configuration are not right. `answer`: AWS said no, or nothing. */
    readonly kind: 'setup' | 'answer',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** No answer came: what was asked for may have been done. */
  get isSilence(): boolean {
    return this.cause instanceof Error && this.cause.name === 'AwsUnavailable';
  }
}

const NO_CREDENTIALS = ['CredentialsProviderError', 'TokenProviderError'];
/** What services call credentials that they do not take; each in its own words. */
const BAD_CREDENTIALS = [
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'IncompleteSignature',
  'RequestExpired',
  'AuthFailure',
];
const LOG_IN =
  'Log in (aws sso login, or set AWS_PROFILE), see who you are (aws sts get-caller-identity), and type it again.';

/** Runs `work`, which asks AWS in a Region. @throws Trouble instead of what AWS and its SDK throw */
export async function inRegion<T>(region: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw troubleOf(error, region) ?? error;
  }
}

/** @returns undefined for an error that is nobody's to mend but the programmer's */
export function troubleOf(error: unknown, region: string): Trouble | undefined {
  if (error instanceof Trouble) return error;
  if (!(error instanceof Error)) return undefined;
  // Our own errors keep AWS's as their cause; its name says more than the class of errors that we put it into.
  const said = error.cause instanceof Error ? error.cause : error;
  const options = { cause: error };
  if (NO_CREDENTIALS.includes(said.name)) {
    const why = said.message.replace(/\.?$/, '.');
    return new Trouble('setup', `There are no AWS credentials to work with. ${why} ${LOG_IN}`, options);
  }
  if (BAD_CREDENTIALS.includes(said.name)) {
    return new Trouble(
      'setup',
      `AWS in ${region} does not take these credentials (${said.name}: ${said.message}). ${LOG_IN}`,
      options,
    );
  }
  switch (error.name) {
    case 'NotDeployed':
      return new Trouble('setup', error.message, options);
    case 'Forbidden':
      return new Trouble('answer', `You may not do this in ${region}: ${said.message} ${MAY}`, options);
    case 'AwsUnavailable':
      return new Trouble('answer', `${region} does not answer. ${error.message}${hint(said)}`, options);
    case 'Throttled':
      return new Trouble(
        'answer',
        `${region} has too much to do. ${error.message} Type it again in a moment.`,
        options,
      );
    case 'WriteConflict':
      return new Trouble('answer', `${error.message} Type it again.`, options);
    default:
      return isFromAws(said)
        ? new Trouble('answer', `AWS in ${region}: ${said.message} (${said.name})`, options)
        : undefined;
  }
}

/** The SDK marks every error that a service answered with. */
function isFromAws(error: Error): boolean {
  return '$fault' in error;
}

const MAY = 'docs/permissions.md says what each command needs. See who you are: aws sts get-caller-identity';

function hint(said: Error): string {
  const { code } = said as { code?: unknown };
  if (code !== 'ENOTFOUND' && code !== 'EAI_AGAIN') return '';
  return ' Is this machine online, and does lifeboat.yaml name the right Region?';
}

/** One sentence for each thing that is wrong: missing credentials are missing in both Regions. */
export function sentences(troubles: readonly Trouble[]): string[] {
  return [...new Set(troubles.map(({ message }) => message))];
}

/** Bad usage or configuration when nothing else stood in the way. */
export function exitOf(troubles: readonly Trouble[]): 1 | 2 {
  return troubles.length > 0 && troubles.every(({ kind }) => kind === 'setup') ? 2 : 1;
}
