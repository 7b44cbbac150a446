import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { Identity } from './certificates';

/** Servers on 127.0.0.1 for one test file: each knows its port and its connections, and all can be closed. */
export class Servers {
  private readonly open: { server: Server; sockets: Set<Socket> }[] = [];

  http(answer: RequestListener): Promise<LocalServer> {
    return this.listen(createHttpServer(answer));
  }

  https(identity: Identity, answer: RequestListener): Promise<LocalServer> {
    return this.listen(createHttpsServer(identity, answer));
  }

  /** TLS, and then whatever `talk` says. */
  tls(identity: Identity, talk: (socket: TLSSocket) => void): Promise<LocalServer> {
    return this.listen(
      createTlsServer(identity, socket => {
        socket.on('error', () => socket.destroy());
        talk(socket);
      }),
    );
  }

  tcp(talk: (socket: Socket) => void): Promise<LocalServer> {
    return this.listen(createTcpServer(talk));
  }

  /** A port on which nobody listens. */
  async nobody(): Promise<number> {
    const server = createTcpServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  }

  /** For afterEach: drops all connections, then closes. */
  async close(): Promise<void> {
    const closing = this.open.splice(0).map(async ({ server, sockets }) => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    });
    await Promise.all(closing);
  }

  private async listen(server: Server): Promise<LocalServer> {
    const sockets = new Set<Socket>();
    const gone: Promise<unknown>[] = [];
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      // The client's part of a broken handshake or a reset is no business of the test's.
      socket.on('error', () => socket.destroy());
      gone.push(once(socket, 'close').catch(() => undefined));
      socket.on('close', () => sockets.delete(socket));
    });
    server.on('tlsClientError', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.open.push({ server, sockets });
    const { port } = server.address() as AddressInfo;
    return { port, server, allGone: () => Promise.all(gone), connections: () => gone.length };
  }
}

export interface LocalServer {
  port: number;
  server: Server;
  /** Resolves when every connection that was ever made is closed. */
  allGone(): Promise<unknown>;
  /** How many were ever made. */
  connections(): number;
}
