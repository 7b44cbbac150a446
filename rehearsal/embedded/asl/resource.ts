/** A Task's Resource, taken apart as history events show it. */
export interface Resource {
  /** `lambda`, `aws-sdk:route53` */
  resourceType: string;
  /** `invoke`, `invoke.waitForTaskToken` */
  resource: string;
  /** The task ends when its token is answered, not when the call is over. */
  callback: boolean;
  /** The ARN without `.waitForTaskToken`. */
  base: string;
}

const CALLBACK = '.waitForTaskToken';

/** The fields of lambda:invoke. https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html */
export const LAMBDA_ARGUMENTS: readonly string[] = [
  'FunctionName',
  'Payload',
  'Qualifier',
  'InvocationType',
  'ClientContext',
];

/** @throws Error when it is no service integration's ARN */
export function parseResource(arn: string): Resource {
  const match =
    /^arn:aws[a-z-]*:states:::((?:aws-sdk:)?[a-zA-Z0-9]+):([a-zA-Z0-9]+(?:\.[a-zA-Z:0-9]+)?)$/.exec(arn);
  const [, resourceType, resource] = match ?? [];
  if (resourceType === undefined || resource === undefined) {
    throw new Error(`'${arn}' is not the ARN of a service integration`);
  }
  const callback = resource.endsWith(CALLBACK);
  return { resourceType, resource, callback, base: callback ? arn.slice(0, -CALLBACK.length) : arn };
}
