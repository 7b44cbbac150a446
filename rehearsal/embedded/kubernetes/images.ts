import { at, list, text } from './json';
import type { ObjectStore } from './object';

const KINDS = ['Deployment', 'StatefulSet'];

/** The images that the workloads of some namespaces run. */
export function imagesIn(store: ObjectStore, namespaces: readonly string[]): string[] {
  const objects = KINDS.flatMap(kind =>
    namespaces.flatMap(namespace => store.list(store.typeOf('apps/v1', kind), namespace)),
  );
  return objects
    .flatMap(object => list(at(object, 'spec', 'template', 'spec', 'containers')))
    .flatMap(container => text(at(container, 'image')) ?? []);
}
