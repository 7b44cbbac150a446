import { NotPrepared } from './prepare';
import { SignedRequests, type SignedRequestsOptions } from './signed-request';

interface ListedFunctions {
  Functions: { FunctionName: string; Environment?: { Variables?: Record<string, string> } }[];
}

/** Invokes a step's function as EventBridge's schedule does, and waits for its answer. @throws NotPrepared */
export async function invokeStep(aws: SignedRequestsOptions, step: string, event: object): Promise<void> {
  const answer = await invoke(aws, step, event, 'RequestResponse');
  const failed = answer.header('x-amz-function-error');
  if (answer.status !== 200 || failed !== undefined)
    throw new NotPrepared(`${step} answered ${answer.status} ${failed ?? ''}: ${answer.text}`);
}

/** The same, without waiting: as EventBridge does it. @throws NotPrepared */
export async function sendToStep(aws: SignedRequestsOptions, step: string, event: object): Promise<void> {
  const { status, text } = await invoke(aws, step, event, 'Event');
  if (status !== 202) throw new NotPrepared(`${step} was not taken: ${status} ${text}`);
}

async function invoke(
  aws: SignedRequestsOptions,
  step: string,
  event: object,
  type: 'RequestResponse' | 'Event',
) {
  const requests = new SignedRequests(aws);
  const service = 'lambda';
  const list = await requests.send({ service, method: 'GET', path: '/2015-03-31/functions/' });
  const { Functions } = JSON.parse(list.text) as ListedFunctions;
  const name = Functions.find(each => each.Environment?.Variables?.LIFEBOAT_STEP === step)?.FunctionName;
  if (name === undefined) throw new NotPrepared(`${aws.region} has no function of the step ${step}.`);
  return requests.send({
    service,
    method: 'POST',
    path: `/2015-03-31/functions/${name}/invocations`,
    headers: { 'x-amz-invocation-type': type },
    body: JSON.stringify(event),
  });
}
