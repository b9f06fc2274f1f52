import { connect, type Socket } from 'node:net';

/**
 * Sends heartbeats over keep-alive connections in a closed loop for some seconds, in a process of its own, and prints what was
 * answered. Arguments: url, username:password, connections, systems, seconds.
 */
const [url = '', credential = '', connections = '64', systems = '10000', seconds = '3'] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const authorization = `Basic ${Buffer.from(credential).toString('base64')}`;
const endsAt = performance.now() + Number(seconds) * 1_000;
const latenciesMs: number[] = [];
const statuses = new Map<string, number>();
let nextSystem = 0;

const requestOf = (): string => {
  nextSystem = (nextSystem + 1) % Number(systems);
  const body = `{"system_id":"4cf3053f-d0d5-4b10-b752-${String(nextSystem).padStart(12, '0')}"}`;
  return (
    `POST /api/systems/heartbeat HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: ${authorization}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  );
};

/** Length of the whole answer at the start of the text; 0 while it is not complete. */
const answerLength = (text: string): number => {
  const head = text.indexOf('\r\n\r\n');
  if (head === -1) return 0;
  const sized = /content-length: (\d+)/i.exec(text.slice(0, head));
  if (sized !== null) {
    const length = head + 4 + Number(sized[1]);
    return text.length >= length ? length : 0;
  }
  const end = text.indexOf('\r\n0\r\n\r\n', head);
  return end === -1 ? 0 : end + 7;
};

const runConnection = (): Promise<void> =>
  new Promise((resolve, reject) => {
    let received = '';
    let sentAt = 0;
    const send = (socket: Socket): void => {
      if (performance.now() >= endsAt) {
        socket.end();
        resolve();
        return;
      }
      sentAt = performance.now();
      socket.write(requestOf());
    };
    const socket = connect({ host: hostname, port: Number(port), noDelay: true }, () => send(socket));
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      received += text;
      const length = answerLength(received);
      if (length === 0) return;
      const status = received.slice(9, 12);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      latenciesMs.push(performance.now() - sentAt);
      received = received.slice(length);
      send(socket);
    });
    socket.on('error', reject);
  });

const startedAt = performance.now();
await Promise.all(Array.from({ length: Number(connections) }, runConnection));
const tookSeconds = (performance.now() - startedAt) / 1_000;
latenciesMs.sort((a, b) => a - b);
const percentile = (share: number): number => latenciesMs[Math.floor(latenciesMs.length * share)] ?? 0;
const answered = statuses.get('200') ?? 0;
process.stdout.write(
  `${JSON.stringify({
    perSecond: Math.round(answered / tookSeconds),
    p50Ms: Number(percentile(0.5).toFixed(2)),
    p99Ms: Number(percentile(0.99).toFixed(2)),
    statuses: Object.fromEntries(statuses),
  })}\n`,
);
