import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** A record of an answer. `value` is an IPv4 address for A, a name for CNAME and NS. */
export interface DnsRecord {
  name: string;
  type: DnsType;
  value: string;
}

export type DnsType = 'A' | 'NS' | 'CNAME';
export type Rcode = 'NOERROR' | 'SERVFAIL' | 'NXDOMAIN' | 'REFUSED';

/** `undefined`: the server says nothing. */
export type DnsAnswer = { rcode?: Rcode; records?: DnsRecord[] } | undefined;

const TYPES: Record<DnsType, number> = { A: 1, NS: 2, CNAME: 5 };
const RCODES: Record<Rcode, number> = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 };

/** A DNS server on 127.0.0.1 over UDP: one question, one answer (RFC 1035, without compression). */
export class DnsServer {
  /** What was asked, as `CNAME main.levlabs.link`. */
  readonly asked: string[] = [];
  port = 0;

  private constructor(
    private readonly socket: Socket,
    private readonly answer: (type: string, name: string) => DnsAnswer,
  ) {
    socket.on('message', (message, from) => this.reply(message, from));
  }

  static async start(answer: (type: string, name: string) => DnsAnswer): Promise<DnsServer> {
    const socket = createSocket('udp4');
    const server = new DnsServer(socket, answer);
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    server.port = socket.address().port;
    return server;
  }

  async close(): Promise<void> {
    this.socket.close();
    await once(this.socket, 'close');
  }

  private reply(message: Buffer, from: RemoteInfo): void {
    const { name, end } = readName(message, 12);
    const number = message.readUInt16BE(end);
    const type = Object.entries(TYPES).find(([, value]) => value === number)?.[0] ?? String(number);
    this.asked.push(`${type} ${name}`);
    const answer = this.answer(type, name);
    if (!answer) return;
    const { rcode = 'NOERROR', records = [] } = answer;
    const header = Buffer.alloc(12);
    message.copy(header, 0, 0, 2);
    // A response, recursion desired and available.
    header.writeUInt16BE(0x8180 | RCODES[rcode], 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    const question = message.subarray(12, end + 4);
    this.socket.send(Buffer.concat([header, question, ...records.map(written)]), from.port, from.address);
  }
}

function readName(message: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = start;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('ascii', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 1 };
}

function writtenName(name: string): Buffer {
  const labels = name.split('.').map(label => Buffer.from([label.length, ...Buffer.from(label, 'ascii')]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

function written({ name, type, value }: DnsRecord): Buffer {
  const data = type === 'A' ? Buffer.from(value.split('.').map(Number)) : writtenName(value);
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(TYPES[type], 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(10, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([writtenName(name), fixed, data]);
}
