import t from 'tap';
import { freePort } from '../support/free-port.js';
import { until } from '../support/until.js';
import { onServer } from './call-service.js';
import { newKamailio, SALES } from './kamailio.js';
import { send } from './send.js';

/** Some of those that browsers, and so fetch(), refuse to connect to; of this host's addresses nobody else uses this one. */
const NO_BROWSERS_PORTS = [5060, 5061, 6000, 10_080];
const HOST = '127.0.56.1';

onServer(t, {
  'JSON-RPC is reached at whatever port it is served': async (t, { app }) => {
    for (const port of NO_BROWSERS_PORTS) {
      const { held, rpc_url } = await newKamailio(t, { host: HOST, port });
      await send(app, 'PUT /v1/nodes/reg1', { role: 'registrar', rpc_url });
      const contact = 'sip:sales@192.0.2.10:5060';
      await until(`port ${port} to be told`, async () => held.get(SALES)?.has(contact) === true);
      t.same((await send(app, 'GET /readyz')).body, { status: 'ready', degraded: [] });
    }
  },

  'a registrar that cannot be reached is named until it can be, or is gone': async (t, { app }) => {
    const ready = async () => (await send(app, 'GET /readyz')).body;
    const port = await freePort();
    const rpc_url = `http://${HOST}:${port}/RPC`;
    await send(app, 'PUT /v1/nodes/reg1', { role: 'registrar', rpc_url });
    await send(app, 'PUT /v1/nodes/edge1', { role: 'edge', rpc_url: `http://${HOST}:9/RPC` });
    await until('it to be missed', async () => (await ready()).status === 'degraded');
    t.match(await send(app, 'GET /readyz'), {
      status: 200,
      body: { status: 'degraded', degraded: [{ name: 'registrars', detail: "can't be reached: reg1" }] },
    });
    const metrics = (await app.inject('/metrics')).body;
    t.match(metrics, 'understudy_ready{check="registrars"} 0\n');
    await newKamailio(t, { host: HOST, port });
    await until('it to be reached', async () => (await ready()).status === 'ready');

    await send(app, 'PUT /v1/nodes/reg2', { role: 'registrar', rpc_url: `http://${HOST}:9/RPC` });
    await until('it to be missed', async () => (await ready()).status === 'degraded');
    t.match((await ready()).degraded, [{ detail: "can't be reached: reg2" }]);
    await send(app, 'DELETE /v1/nodes/reg2');
    t.equal((await ready()).status, 'ready');
  },
});
