import net, { type Socket } from 'node:net';
import { setTimeout as realTime } from 'node:timers/promises';
import type { Stall } from '../../conformance/index.ts';

/**
 * Connections to the brokers in a test's hands: while they are held nothing arrives, in either direction, and nothing
 * is refused.
 */
export interface Wire extends Stall {
  /** Gives connecting back to Node. */
  release(): void;
}

/** Every connection made from now on can be held. */
export const holdWire = (): Wire => {
  const connect = net.connect;
  const sockets = new Set<Socket>();
  let isHeld = false;

  const hold = (socket: Socket): void => {
    socket.pause();
    socket.cork();
  };

  const connectHeld = (...parameters: Parameters<typeof connect>): Socket => {
    const socket = connect(...parameters);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    if (isHeld) socket.once('connect', () => hold(socket));
    return socket;
  };
  Object.assign(net, { connect: connectHeld });

  return {
    begin: async () => {
      isHeld = true;
      sockets.forEach(hold);
    },
    pass: (ms) => realTime(ms),
    end: async () => {
      isHeld = false;
      for (const socket of sockets) {
        socket.uncork();
        socket.resume();
      }
    },
    release: () => void Object.assign(net, { connect }),
  };
};
