interface Common {
  name: string;
  /** How long it takes cold on two busy cores; a hint for people. */
  seconds: number;
  /** What the bed has it for. */
  purpose: string;
}

/** A static program from a Go module whose go.mod and go.sum are committed. */
export interface GoPart extends Common {
  kind: 'go';
  /** Folder of the module, from rehearsal/testbed. */
  module: string;
  package: string;
  /** The required module whose version is the part's own; absent for programs of this repository. */
  versionOf?: string;
  /** `-X` assignments, given the version. */
  variables?: (version: string) => Record<string, string>;
}

/** A Python virtual environment from a pinned requirements file. */
export interface VenvPart extends Common {
  kind: 'venv';
  /** From rehearsal/testbed. */
  requirements: string;
  /** The requirement whose version is the part's own. */
  versionOf: string;
}

/** Packages of the distribution, unpacked and not installed. */
export interface DebianPart extends Common {
  kind: 'debian';
  packages: readonly string[];
  /** Programs that have to start once everything is unpacked, with arguments that make them end. */
  programs: Readonly<Record<string, readonly string[]>>;
}

/** Files of a Go module as its author published them. */
export interface DataPart extends Common {
  kind: 'data';
  module: string;
  versionOf: string;
  /** Folders inside of the module; their files are laid into one folder. */
  folders: readonly string[];
  suffix: string;
}

/** A container image as a docker archive. */
export interface ImagePart extends Common {
  kind: 'image';
  reference: (version: string) => string;
  /** The part whose version tags the image; absent for what has no version but 1. */
  versionOf?: string;
  entries: readonly ImageEntry[];
  config: ImageConfig;
}

export type ImageEntry =
  | { type: 'program'; path: string; from: string; file?: string }
  | { type: 'directory'; path: string; mode: number }
  | { type: 'link'; path: string; target: string };

/** The part of an OCI image configuration that the bed uses. */
export interface ImageConfig {
  User?: string;
  Env?: string[];
  Entrypoint?: string[];
  Cmd?: string[];
}

export type Part = GoPart | VenvPart | DebianPart | DataPart | ImagePart;
