import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * - `pass`: bytes go both ways
 * - `cut`: connections are closed, and new ones at once
 * - `mute`: what the client sends arrives, answers do not
 * - `deaf`: nothing that the client sends arrives
 */
export type ProxyMode = 'pass' | 'cut' | 'mute' | 'deaf';

/** A way to a server that can be made to fail for its own users only. */
export interface CuttableProxy {
  readonly port: number;
  setMode(mode: ProxyMode): void;
  close(): Promise<void>;
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });

export const createCuttableProxy = async (host: string, port: number): Promise<CuttableProxy> => {
  let mode: ProxyMode = 'pass';
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  };
  const server = createServer((client) => {
    keep(client);
    if (mode === 'cut') {
      client.destroy();
      return;
    }
    const upstream = connect(port, host);
    keep(upstream);
    client.on('data', (bytes) => mode !== 'deaf' && upstream.write(bytes));
    upstream.on('data', (bytes) => mode !== 'mute' && client.write(bytes));
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  const dropAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: await listen(server),
    setMode: (next) => {
      mode = next;
      if (next === 'cut') dropAll();
    },
    close: () =>
      new Promise((resolve) => {
        dropAll();
        server.close(() => resolve());
      }),
  };
};
