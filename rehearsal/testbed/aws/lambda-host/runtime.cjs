// What Lambda's Node.js runtime does around a handler. Plain JavaScript: it runs as the function does, with no loader.
const { join } = require('node:path');

const { LAMBDA_TASK_ROOT, _HANDLER, AWS_LAMBDA_FUNCTION_NAME } = process.env;
const dot = _HANDLER.lastIndexOf('.');

function load() {
  const handler = require(join(LAMBDA_TASK_ROOT, _HANDLER.slice(0, dot)))[_HANDLER.slice(dot + 1)];
  if (typeof handler === 'function') return handler;
  throw Object.assign(new Error(`${_HANDLER} is undefined or not exported`), {
    name: 'Runtime.HandlerNotFound',
  });
}

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
function failure(error) {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { errorType: name, errorMessage: message, trace: (stack ?? '').split('\n') };
}

function context({ requestId, arn, memoryMb, logGroup, deadline }) {
  return {
    functionName: AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: '$LATEST',
    invokedFunctionArn: arn,
    memoryLimitInMB: String(memoryMb),
    awsRequestId: requestId,
    logGroupName: logGroup,
    logStreamName: String(process.pid),
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

let handler;
process.on('message', async job => {
  try {
    handler ??= load();
    const result = await handler(job.event, context(job));
    process.send({ result: result === undefined ? null : result });
  } catch (error) {
    process.send({ error: failure(error) });
  }
});
// Whoever started this process is gone: so is the machine that Lambda ran on.
process.on('disconnect', () => process.exit(0));
