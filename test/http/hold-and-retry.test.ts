import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import t from 'tap';
import { until } from '../support/until.js';
import { CENTER, onServer, register, type Service, START } from './call-service.js';

const CALL_ID = 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6@198.51.100.4';

interface Command {
  readonly transaction: string;
  readonly token: string;
  // biome-ignore lint/suspicious/noExplicitAny: what the document holds is what the test is to find out
  readonly document: any;
}

/** A registrar that takes commands about calls on hold, and keeps no bindings. */
async function registrar(t: Test, service: Service): Promise<Command[]> {
  const commands: Command[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text) => {
      body += text;
    });
    request.on('end', () => {
      if (request.url === '/understudy/retry') commands.push(JSON.parse(body));
      response.writeHead(request.url === '/understudy/retry' ? 200 : 404).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => new Promise((resolve) => server.close(resolve)));
  t.teardown(() => server.closeAllConnections());
  const { port } = server.address() as AddressInfo;
  await service.call('PUT', '/v1/nodes/reg1', {
    role: 'registrar',
    rpc_url: `http://127.0.0.1:${port}/RPC`,
  });
  return commands;
}

onServer(t, {
  'a caller returns from hold': async (t, service) => {
    const commands = await registrar(t, service);
    await service.call('PUT', '/v1/contact-centers/cc.example.com', {
      ...CENTER,
      treatments: CENTER.treatments.map((treatment) => ({ ...treatment, hold_seconds: 600 })),
    });
    await register(service, 'bob', '10.0.0.8');
    const report = async (body: object) =>
      t.equal((await service.call('POST', '/v1/outcomes', { node: 'reg1', ...body })).status, 204);

    const question = { node: 'reg1', ruri: 'sip:sales@cc.example.com', call_id: CALL_ID };
    const { decision, routes, targets } = (await service.call('POST', '/v1/route', question)).body;
    t.equal(targets.at(-1).hold, true);
    t.equal(routes.at(-1).fr_inv_timer, 600_000);
    await report({ decision, target: 0, event: 'failed', status: 503 });
    await report({ decision, target: 1, event: 'failed', status: 486 });
    const hold = { transaction: '5311:1285647001', branches_left: 8 };
    await report({ decision, target: 2, event: 'ringing', status: 183, hold });

    await register(service, 'alice', '10.0.0.7');
    const command = await until('the command', () => commands[0]);
    t.equal(command.transaction, hold.transaction);
    const back = command.document.decision;
    t.match(command.document, {
      routing: 'serial',
      routes: [
        {
          uri: 'sip:alice@10.0.0.7:5062',
          dst_uri: 'sip:edge1.example.com;lr',
          fr_inv_timer: 12_000,
          headers: { extra: `X-Understudy-Decision: ${back}\r\nX-Understudy-Target: 0\r\n` },
        },
      ],
      targets: [{ agent: 'alice', failover_on: '[456][0-9][0-9]', code: 'free' }],
    });

    service.now = START + 3_000;
    await report({ decision: back, target: 0, event: 'answered', status: 200 });

    await t.test('the decision shows it after its own targets', async (t) => {
      const { body } = await service.call('GET', `/v1/decisions/${decision}`);
      t.same(
        body.targets.map((one: { position: number; role: string; agent?: string; decision?: string }) => [
          one.position,
          one.agent ?? one.role,
          one.decision,
        ]),
        [
          [0, 'contact_center', undefined],
          [1, 'bob', undefined],
          [2, 'treatment', undefined],
          [3, 'alice', back],
        ],
      );
      t.match(body.targets[3].because, /^returned from hold: sales level 1/);
      t.same(
        body.outcomes.map((one: { target: number; event: string }) => `${one.target} ${one.event}`),
        ['0 failed', '1 failed', '2 ringing', '3 answered'],
      );
      t.equal(body.returns_from, null);
    });

    await t.test('the return has a decision of its own, which no list shows beside the other', async (t) => {
      const { body } = await service.call('GET', `/v1/decisions/${back}`);
      t.match(body, {
        returns_from: decision,
        call_id: CALL_ID,
        outcomes: [{ target: 0, event: 'answered' }],
      });
      for (const query of ['', 'address=sip:sales@cc.example.com']) {
        const { decisions } = (await service.call('GET', `/v1/decisions?${query}`)).body;
        t.same(
          decisions.map(({ id }: { id: string }) => id),
          [decision],
        );
        t.equal(decisions[0].targets.length, 4);
      }
    });

    await t.test('nobody else is called for this caller', async (t) => {
      await report({ decision: back, target: 0, event: 'ended' });
      service.now = START + 120_000;
      const other = { ...question, call_id: 'another@198.51.100.4' };
      const next = (await service.call('POST', '/v1/route', other)).body;
      await report({
        ...{ decision: next.decision, target: 3, event: 'ringing', status: 183 },
        hold: { transaction: '7:7', branches_left: 8 },
      });
      service.now = START + 131_000;
      await until('the next caller to be taken', () => commands[1]);
      t.equal(commands[1]?.transaction, '7:7');
    });
  },

  'what a report of a hold may say': async (t, service) => {
    const decision = '01a203fe-cbca-7da4-9370-b42dcc2d520d';
    const refused = [
      { transaction: '1', branches_left: 1 },
      { transaction: '1:2\r\n', branches_left: 1 },
      { transaction: '1:-2', branches_left: 1 },
      { transaction: '1:2' },
      { transaction: '1:2', branches_left: -1 },
      '1:2',
    ];
    for (const hold of refused) {
      const report = { decision, target: 0, event: 'ringing', hold };
      t.equal((await service.call('POST', '/v1/outcomes', report)).status, 400, JSON.stringify(hold));
    }
    const report = { decision, target: 0, event: 'ringing', hold: { transaction: '1:2', branches_left: 0 } };
    t.equal((await service.call('POST', '/v1/outcomes', report)).status, 204, 'of an unknown decision');
    t.equal((await service.call('POST', '/v1/outcomes', { ...report, hold: null })).status, 204);
  },
});
