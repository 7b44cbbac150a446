import { duration, endLine, liveLine, type Standing, startLine } from './progress';

/** Where the build tells how it goes. */
export interface Reporter {
  say(line: string): void;
  begin(standing: Standing): void;
  end(standing: Standing): void;
  /** Stops writing over the last line, whatever happened. */
  close(): void;
}

const NARROWEST = 60;
const CLEAR = '\r\u001b[2K';
/** Log collectors take silence for death. */
const SIGN_OF_LIFE_MS = 60_000;

/** A line at the beginning and the end of each part; on a wide terminal a live one between them. */
export function terminalReporter(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Reporter {
  const live = stream.isTTY === true && env.TERM !== 'dumb' && stream.columns >= NARROWEST;
  // https://no-color.org: any value that is not empty.
  const dim = (text: string) => (live && !env.NO_COLOR ? `\u001b[2m${text}\u001b[22m` : text);
  const say = (line: string) => void stream.write(`${live ? CLEAR : ''}${line}\n`);
  let timer: NodeJS.Timeout | undefined;

  const close = () => {
    clearInterval(timer);
    timer = undefined;
    if (live) stream.write(CLEAR);
  };
  return {
    say,
    close,
    begin: standing => {
      say(startLine(standing));
      const began = Date.now();
      const elapsed = () => (Date.now() - began) / 1000;
      timer = live
        ? setInterval(() => {
            const line = liveLine({ ...standing, elapsed: elapsed() }, stream.columns);
            stream.write(`${CLEAR}${dim(line)}`);
          }, 1000)
        : setInterval(() => {
            say(`    ${standing.part.name}: ${duration(elapsed())} so far`);
          }, SIGN_OF_LIFE_MS);
    },
    end: standing => {
      close();
      say(endLine(standing));
    },
  };
}
