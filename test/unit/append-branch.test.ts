import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { appendBranch } from '../../src/kamailio/append-branch.js';
import { freePort } from '../support/free-port.js';

const BRANCH = { transaction: '5311:1285647001', token: 'a-token', document: { routes: [] } };

t.test('the command goes to a path of its own, beside JSON-RPC', async (t) => {
  let status = 200;
  const seen: unknown[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text) => {
      body += text;
    });
    request.on('end', () => {
      seen.push({ method: request.method, url: request.url, body: JSON.parse(body) });
      response.writeHead(status, { location: '/elsewhere' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.closeAllConnections());
  t.teardown(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/RPC`;
  t.equal(await appendBranch(url, BRANCH), 'appended');
  t.strictSame(seen, [{ method: 'POST', url: '/understudy/retry', body: BRANCH }]);
  for (status of [400, 403, 409]) t.equal(await appendBranch(url, BRANCH), 'refused', `${status}`);
  status = 307;
  t.equal(await appendBranch(url, BRANCH), 'unknown', 'nobody is followed elsewhere');
});

t.test('of a registrar that cannot be asked nobody knows', async (t) => {
  const url = `http://127.0.0.1:${await freePort()}/RPC`;
  t.equal(await appendBranch(url, BRANCH), 'unknown');
});
