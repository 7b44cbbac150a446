import type { DnsRecord } from '../../embedded/network/dns-records';

/** A packet that is no DNS question that the bed answers. */
export class BadPacket extends Error {
  override name = 'BadPacket';
}

/** RFC 1035 and RFC 6844 (CAA); the types that somebody in the bed asks for. */
export const TYPES: Record<string, number> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  TXT: 16,
  AAAA: 28,
  CAA: 257,
};
const NAMES = new Map(Object.entries(TYPES).map(([name, code]) => [code, name]));
const OPT = 41;
const HEADER = 12;
const PLAIN_UDP = 512;
export const NXDOMAIN = 3;

export interface Question {
  id: number;
  /** Absolute, lower case: `shop.orders.test.` */
  name: string;
  /** `A`, or `TYPE65` for one that has no name here. */
  type: string;
  code: number;
  recursionDesired: boolean;
  /** Bytes that the asker takes in one UDP packet; RFC 6891. */
  size: number;
  extended: boolean;
}

export interface Response {
  rcode: number;
  authoritative: boolean;
  answers: readonly DnsRecord[];
  authority: readonly DnsRecord[];
}

/** @throws BadPacket */
export function readQuestion(packet: Buffer): Question {
  if (packet.length < HEADER || packet.readUInt16BE(4) !== 1) throw new BadPacket('not one question');
  const { name, end } = readName(packet, HEADER);
  if (end + 4 > packet.length) throw new BadPacket('the question is cut off');
  const code = packet.readUInt16BE(end);
  const extra = packet.readUInt16BE(10) > 0 ? end + 4 : packet.length;
  // The OPT record has the root as its name: one zero byte.
  const extended =
    extra + 5 <= packet.length && packet[extra] === 0 && packet.readUInt16BE(extra + 1) === OPT;
  return {
    id: packet.readUInt16BE(0),
    name: name.toLowerCase(),
    type: NAMES.get(code) ?? `TYPE${code}`,
    code,
    recursionDesired: (packet.readUInt16BE(2) & 0x0100) !== 0,
    size: extended ? Math.max(PLAIN_UDP, packet.readUInt16BE(extra + 3)) : PLAIN_UDP,
    extended,
  };
}

/** @param limit bytes; a longer response says that it is truncated, and the asker comes again by TCP */
export function writeResponse(question: Question, response: Response, limit: number): Buffer {
  const whole = write(question, response, false);
  if (whole.length <= limit) return whole;
  return write(question, { ...response, answers: [], authority: [] }, true);
}

function write(question: Question, response: Response, truncated: boolean): Buffer {
  const { answers, authority, rcode, authoritative } = response;
  const header = Buffer.alloc(HEADER);
  header.writeUInt16BE(question.id, 0);
  const flags =
    0x8080 |
    (authoritative ? 0x0400 : 0) |
    (truncated ? 0x0200 : 0) |
    (question.recursionDesired ? 0x0100 : 0);
  header.writeUInt16BE(flags | rcode, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(answers.length, 6);
  header.writeUInt16BE(authority.length, 8);
  header.writeUInt16BE(question.extended ? 1 : 0, 10);
  const tail = question.extended ? [Buffer.from([0, 0, OPT, 4, 208, 0, 0, 0, 0, 0, 0])] : [];
  return Buffer.concat([
    header,
    writeName(question.name),
    u16(question.code),
    u16(1),
    ...[...answers, ...authority].map(writeRecord),
    ...tail,
  ]);
}

function writeRecord({ name, type, ttl, value }: DnsRecord): Buffer {
  const data = writeData(type, value);
  const rest = Buffer.alloc(10);
  rest.writeUInt16BE(TYPES[type] ?? 0, 0);
  rest.writeUInt16BE(1, 2);
  rest.writeUInt32BE(ttl, 4);
  rest.writeUInt16BE(data.length, 8);
  return Buffer.concat([writeName(name), rest, data]);
}

function writeData(type: string, value: string): Buffer {
  switch (type) {
    case 'A':
      return Buffer.from(value.split('.').map(Number));
    case 'CNAME':
    case 'NS':
      return writeName(value);
    case 'TXT':
      return Buffer.concat(strings(value).map(text => Buffer.concat([Buffer.from([text.length]), text])));
    case 'SOA': {
      const [server = '', mailbox = '', ...numbers] = value.split(' ');
      const five = Buffer.alloc(20);
      numbers.slice(0, 5).forEach((number, index) => {
        five.writeUInt32BE(Number(number), index * 4);
      });
      return Buffer.concat([writeName(server), writeName(mailbox), five]);
    }
    case 'CAA': {
      const [flags = '0', tag = '', ...rest] = value.split(' ');
      const text = strings(rest.join(' '))[0] ?? Buffer.alloc(0);
      return Buffer.concat([Buffer.from([Number(flags), tag.length]), Buffer.from(tag), text]);
    }
    default:
      throw new BadPacket(`The bed writes no ${type} records; it writes ${Object.keys(TYPES).join(', ')}.`);
  }
}

/** Route 53 keeps text as `"one" "two"`, each of at most 255 characters. */
function strings(value: string): Buffer[] {
  const quoted = value.match(/"((?:[^"\\]|\\.)*)"/g);
  return (quoted ?? [`"${value}"`]).map(text =>
    Buffer.from(text.slice(1, -1).replace(/\\(.)/g, '$1'), 'latin1'),
  );
}

function writeName(name: string): Buffer {
  const labels = name.split('.').filter(label => label !== '');
  return Buffer.concat([
    ...labels.map(label => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')])),
    Buffer.from([0]),
  ]);
}

/** A question's name; nobody compresses the first name of a packet. */
function readName(packet: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = start;
  for (;;) {
    const length = packet[at];
    if (length === undefined || length > 63 || at + length >= packet.length)
      throw new BadPacket('the name is cut off or compressed');
    at += 1;
    if (length === 0) return { name: `${labels.join('.')}.`, end: at };
    labels.push(packet.toString('latin1', at, at + length));
    at += length;
  }
}

function u16(number: number): Buffer {
  return Buffer.from([number >> 8, number & 0xff]);
}
