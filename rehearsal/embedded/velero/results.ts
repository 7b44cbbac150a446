import { gzipSync } from 'node:zlib';

/** What a restore reports, the shape of pkg/util/results/result.go. */
export interface ResultJson {
  velero?: string[];
  cluster?: string[];
  namespaces?: Record<string, string[]>;
}

/** Warnings or errors of one restore. */
export class Results {
  private readonly velero: string[] = [];
  private readonly cluster: string[] = [];
  private readonly namespaces = new Map<string, string[]>();

  addVelero(text: string): void {
    this.velero.push(text);
  }

  /** About an object: of the namespace, or of the cluster when there is none. */
  add(namespace: string | undefined, text: string): void {
    if (!namespace) {
      this.cluster.push(text);
      return;
    }
    this.namespaces.set(namespace, [...(this.namespaces.get(namespace) ?? []), text]);
  }

  get count(): number {
    return [...this.namespaces.values()].reduce(
      (sum, texts) => sum + texts.length,
      this.velero.length + this.cluster.length,
    );
  }

  /** Go's `omitempty`: what is empty is left out. */
  toJSON(): ResultJson {
    return {
      ...(this.velero.length > 0 && { velero: [...this.velero] }),
      ...(this.cluster.length > 0 && { cluster: [...this.cluster] }),
      ...(this.namespaces.size > 0 && { namespaces: Object.fromEntries(this.namespaces) }),
    };
  }
}

export interface RestoreResults {
  warnings: ResultJson;
  errors: ResultJson;
}

/** The file restore-<name>-results.gz in the bucket (putResults of pkg/controller/restore_controller.go). */
export function resultsFile(results: RestoreResults): Uint8Array {
  return gzipSync(`${JSON.stringify(results)}\n`);
}

/** The finalizer's findings added to those that are in the bucket already. */
export function mergeResults(a: ResultJson, b: ResultJson): ResultJson {
  const velero = [...(a.velero ?? []), ...(b.velero ?? [])];
  const cluster = [...(a.cluster ?? []), ...(b.cluster ?? [])];
  const namespaces = { ...a.namespaces };
  for (const [name, texts] of Object.entries(b.namespaces ?? {})) {
    namespaces[name] = [...(namespaces[name] ?? []), ...texts];
  }
  return {
    ...(velero.length > 0 && { velero }),
    ...(cluster.length > 0 && { cluster }),
    ...(Object.keys(namespaces).length > 0 && { namespaces }),
  };
}
