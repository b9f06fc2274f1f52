import { createServer } from 'node:http';

/**
 * The baseline: the least that an HTTP server can do with a heartbeat. Reads the body, parses it, answers 200; keeps nothing.
 * Frozen: changing it would make old results incomparable.
 */
const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (text: string) => {
    body += text;
  });
  request.on('end', () => {
    const { system_id: systemId } = JSON.parse(body) as { system_id: string };
    const answer = JSON.stringify({ code: 200, message: 'heartbeat acknowledged', data: { system_id: systemId } });
    response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' });
    response.end(answer);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  process.stdout.write(`${JSON.stringify({ event: 'ready', ingest: `http://127.0.0.1:${port}` })}\n`);
});
