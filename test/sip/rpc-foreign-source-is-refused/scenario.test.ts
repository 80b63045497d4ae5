import http from 'node:http';
import t from 'tap';
import { Kamailio } from '../../support/kamailio.js';

// Whoever commands a Kamailio decides where calls go: only the service may.
t.test('JSON-RPC from an address that is not listed is refused', async (t) => {
  const kamailio = await Kamailio.start({
    role: 'registrar',
    node: 'reg1',
    understudyUrl: 'http://127.0.0.1:9',
  });
  t.teardown(() => kamailio.stop());
  const ask = (localAddress: string, path: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const options = { method: 'POST', localAddress, timeout: 5_000 };
      const request = http.request(new URL(path, kamailio.rpcUrl), options, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', reject);
      request.end(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'core.version' }));
    });

  t.equal(await ask('127.0.0.1', '/RPC'), 200);
  for (const path of ['/RPC', '/understudy/retry', '/']) t.equal(await ask('127.0.0.66', path), 403, path);
  t.equal(await ask('127.0.0.1', '/'), 404);
});
