/** What a healthy answer looks like, and why an answer is not. */
export interface HealthExpectation {
  path: string;
  status: number;
  /** A text that the body must contain. */
  body?: string;
}

export interface HttpAnswer {
  status: number;
  body: string;
}

/** @returns why the answer is not the expected one, or undefined when it is. */
export function unexpected(answer: HttpAnswer, expected: HealthExpectation): string | undefined {
  if (answer.status !== expected.status) return `HTTP ${answer.status} where ${expected.status} is expected`;
  if (expected.body !== undefined && !answer.body.includes(expected.body)) {
    return `the body does not contain "${expected.body}"`;
  }
  return undefined;
}
