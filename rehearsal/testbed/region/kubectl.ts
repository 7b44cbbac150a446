import { run } from '../host/run';

/** A Kubernetes object as the API gives it. */
export interface Resource {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; creationTimestamp?: string; labels?: Record<string, string> };
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
}

/** What the bed itself does to a cluster, with the administrator's certificate. Lifeboat never comes this way. */
export class Kubectl {
  constructor(
    private readonly program: string,
    readonly kubeconfig: string,
  ) {}

  run(args: readonly string[], input?: string, timeoutSeconds = 120): Promise<string> {
    return run([this.program, '--kubeconfig', this.kubeconfig, ...args], {
      timeoutMs: timeoutSeconds * 1000,
      ...(input === undefined ? {} : { input }),
      env: { PATH: '/usr/bin:/bin', HOME: '/tmp', KUBECACHEDIR: `${this.kubeconfig}.cache` },
    });
  }

  /** Applies objects or YAML text; server-side, so that large CRDs fit and a second time changes nothing. */
  async apply(what: readonly object[] | string): Promise<void> {
    const text =
      typeof what === 'string' ? what : JSON.stringify({ apiVersion: 'v1', kind: 'List', items: what });
    await this.run(['apply', '--server-side', '--force-conflicts', '-f', '-'], text);
  }

  async wait(what: string, condition: string, seconds: number, namespace?: string): Promise<void> {
    const where = namespace === undefined ? [] : ['-n', namespace];
    await this.run(
      ['wait', what, `--for=${condition}`, `--timeout=${seconds}s`, ...where],
      undefined,
      seconds + 10,
    );
  }

  async rollout(what: string, namespace: string, seconds: number): Promise<void> {
    await this.run(
      ['rollout', 'status', what, '-n', namespace, `--timeout=${seconds}s`],
      undefined,
      seconds + 10,
    );
  }

  async list(kind: string, namespace?: string): Promise<Resource[]> {
    const where = namespace === undefined ? ['-A'] : ['-n', namespace];
    const text = await this.run(['get', kind, ...where, '-o', 'json']);
    return (JSON.parse(text) as { items: Resource[] }).items;
  }

  async get(kind: string, name: string, namespace?: string): Promise<Resource | undefined> {
    const where = namespace === undefined ? [] : ['-n', namespace];
    const text = await this.run(['get', kind, name, ...where, '-o', 'json', '--ignore-not-found']);
    return text.trim() === '' ? undefined : (JSON.parse(text) as Resource);
  }

  async patch(kind: string, name: string, namespace: string, patch: object): Promise<void> {
    await this.run(['patch', kind, name, '-n', namespace, '--type=merge', '-p', JSON.stringify(patch)]);
  }
}
