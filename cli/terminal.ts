import { createInterface } from 'node:readline';

type Ask = (question: string) => Promise<string | undefined>;

/**
 * Asks at the terminal. Ctrl-C and Ctrl-D are an answer too: undefined.
 * @returns undefined when there is no terminal at one of the ends
 */
export function askAtTerminal(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Ask | undefined {
  if (!input.isTTY || !output.isTTY) return undefined;
  return question =>
    new Promise(resolve => {
      const lines = createInterface({ input, output });
      lines.on('SIGINT', () => lines.close());
      lines.once('close', () => {
        output.write('\n');
        resolve(undefined);
      });
      lines.question(question, answer => {
        lines.removeAllListeners('close');
        lines.close();
        resolve(answer);
      });
    });
}
