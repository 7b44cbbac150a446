/** An event as it travels on a bus. https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
export interface AwsEvent {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  /** To the second: `2019-10-02T17:04:40Z`. */
  time: string;
  region: string;
  resources: string[];
  detail: object;
}

export function eventTime(at: number): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
