import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket as Stream } from 'node:net';
import { BadPacket, type Question, type Response, readQuestion, writeResponse } from './dns-wire';

const LARGEST_TCP = 65_535;

/** A DNS server on one address, by UDP and TCP. */
export class NameServer {
  private constructor(
    private readonly udp: Socket,
    private readonly tcp: Server,
    private readonly streams: Set<Stream>,
    readonly port: number,
  ) {}

  static async start(
    address: string,
    port: number,
    respond: (question: Question) => Response,
  ): Promise<NameServer> {
    const udp = createSocket('udp4');
    udp.on('message', (packet, { address: from, port: back }) => {
      const written = answerTo(packet, respond, question => question.size);
      if (written) udp.send(written, back, from);
    });
    udp.bind(port, address);
    await once(udp, 'listening');
    const streams = new Set<Stream>();
    const tcp = createServer(stream => {
      streams.add(stream);
      stream.once('close', () => streams.delete(stream));
      // A client that resets its connection has its answer or does not want it.
      stream.on('error', () => stream.destroy());
      serve(stream, respond);
    });
    const bound = udp.address().port;
    tcp.listen(bound, address);
    await once(tcp, 'listening');
    return new NameServer(udp, tcp, streams, bound);
  }

  async stop(): Promise<void> {
    this.udp.close();
    for (const stream of this.streams) stream.destroy();
    this.tcp.close();
    await once(this.tcp, 'close');
  }
}

/** RFC 1035, 4.2.2: two bytes of length before each message. */
function serve(stream: Stream, respond: (question: Question) => Response): void {
  let rest = Buffer.alloc(0);
  stream.on('data', part => {
    rest = Buffer.concat([rest, part]);
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
      const end = 2 + rest.readUInt16BE(0);
      const written = answerTo(rest.subarray(2, end), respond, () => LARGEST_TCP);
      rest = rest.subarray(end);
      if (!written) return stream.destroy();
      const length = Buffer.alloc(2);
      length.writeUInt16BE(written.length);
      stream.write(Buffer.concat([length, written]));
    }
  });
}

function answerTo(
  packet: Buffer,
  respond: (question: Question) => Response,
  limit: (question: Question) => number,
): Buffer | undefined {
  try {
    const question = readQuestion(packet);
    return writeResponse(question, respond(question), limit(question));
  } catch (error) {
    if (error instanceof BadPacket) return undefined;
    throw error;
  }
}
