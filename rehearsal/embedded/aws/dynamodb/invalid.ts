/** Becomes DynamoDB's ValidationException at the edge of the fake, where the request's metadata is known. */
export class Invalid extends Error {
  override name = 'Invalid';
}
