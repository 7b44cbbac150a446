/** The emulator refused a control call, or did not understand it. */
export class ControlCallFailed extends Error {
  override name = 'ControlCallFailed';
}

/** The bed's own calls to the emulator, which no client of AWS can make. */
export class Control {
  /** @param endpoint the emulator itself, `http://address:port`; the front door lets none through */
  constructor(private readonly endpoint: string) {}

  /** @throws ControlCallFailed */
  async call<T>(name: string, body: object = {}): Promise<T> {
    const response = await fetch(`${this.endpoint}/_testbed/${name}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
    const answer: unknown = await response.json();
    if (response.ok) return answer as T;
    const { error, message } = answer as { error?: string; message?: string };
    throw new ControlCallFailed(
      `The emulator answered ${name} with ${error}: ${message}. Its log has the traceback.`,
    );
  }
}
