/** The last lines of a command's output, for an error message. */
export function tail(text: string, lines = 15): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}

/** A command of the build ended otherwise than well. */
export class CommandFailed extends Error {
  override name = 'CommandFailed';

  constructor(
    readonly commandLine: string,
    readonly code: number | null,
    readonly output: string,
  ) {
    super(`${commandLine} ended with ${code ?? 'a signal'}:\n${tail(output)}`);
  }
}

/** The build was told to stop (Ctrl-C, SIGTERM). */
export class BuildStopped extends Error {
  override name = 'BuildStopped';

  constructor() {
    super('The build was stopped. Finished parts are kept; type the same command again to go on.');
  }
}

/** One part could not be made. */
export class PartFailed extends Error {
  override name = 'PartFailed';

  constructor(part: string, log: string, cause: Error) {
    super(
      `Part ${part} could not be built. ${cause.message}\nIts whole log: ${log}\n` +
        'Mend the cause and type the same command again; finished parts are kept.',
      { cause },
    );
  }
}

/** The Go module proxy (or a mirror) did not give what was asked for, three times. */
export class DownloadFailed extends Error {
  override name = 'DownloadFailed';

  constructor(what: string, attempts: number, cause: Error) {
    super(
      `${what} could not be downloaded in ${attempts} attempts; it needs the network once. ` +
        `Check the connection and GOPROXY, pip's index or the APT sources, and type the same command again. ${cause.message}`,
      { cause },
    );
  }
}

/** A folder or file of the checkout that a part is made of is not there. */
export class SourcesMissing extends Error {
  override name = 'SourcesMissing';

  constructor(part: string, path: string) {
    super(`Part ${part} is made from ${path}, which is not there. Is the checkout complete (git status)?`);
  }
}

/** A go.mod does not require the module whose version names a part. */
export class VersionUnknown extends Error {
  override name = 'VersionUnknown';

  constructor(module: string, file: string) {
    super(`${file} does not require ${module}; a part takes its version from there. Add the requirement.`);
  }
}

/** Somebody asked for a part by a name that no part has. */
export class PartUnknown extends Error {
  override name = 'PartUnknown';

  constructor(name: string, known: readonly string[]) {
    super(`There is no part "${name}". Parts are: ${known.join(', ')}.`);
  }
}

/** What a part was made into does not hold what it should. */
export class OutputIncomplete extends Error {
  override name = 'OutputIncomplete';

  constructor(part: string, what: string) {
    super(`Part ${part} was made, but ${what}.`);
  }
}

/** Another build works in the same cache. */
export class BuildRunning extends Error {
  override name = 'BuildRunning';

  constructor(pid: number, since: string, file: string) {
    super(
      `Another build (process ${pid}, since ${since}) holds ${file}. Wait until it ends, or stop it with: kill ${pid}`,
    );
  }
}

/** The bed wants parts that nobody built yet. */
export class PartsMissing extends Error {
  override name = 'PartsMissing';

  constructor(readonly parts: readonly { name: string; reason: string }[]) {
    super(
      `The test bed is not built: ${parts.map(({ name, reason }) => `${name} (${reason})`).join(', ')}. ` +
        'Type: npm run testbed:build',
    );
  }
}
