import t from 'tap';
import { onBothDatabases, register, type Service, START } from './call-service.js';

const INVITE = {
  node: 'reg1',
  ruri: 'sip:sales@cc.example.com',
  from: 'sip:+14155550100@carrier.example.net',
  call_id: 'f81d4fae@198.51.100.4',
  source_ip: '198.51.100.4',
};
const SALES = 'address=sip:sales@cc.example.com';
const LOCATION = 'sip:192.0.2.10:5060';

const explain = (service: Service, query: string) => service.call('GET', `/v1/explain?${query}`);
const order = ({ targets }: { targets: { role: string; agent?: string }[] }) =>
  targets.map(({ role, agent }) => agent ?? role);
const left = ({ out }: { out: { agent: string | null; uri: string | null; code: string }[] }) =>
  out.map(({ agent, uri, code }) => `${agent ?? uri} ${code}`);

onBothDatabases(t, {
  'GET /v1/explain?address': async (t, service) => {
    await register(service, 'alice', '10.0.0.7');

    await t.test('200: every candidate, in or out, with the reason; nothing is recorded', async (t) => {
      const { status, body } = await explain(service, SALES);
      t.equal(status, 200);
      t.same(order(body), ['contact_center', 'alice', 'treatment']);
      t.match(body, {
        address: 'sip:sales@cc.example.com',
        at: new Date(START).toISOString(),
        bypass: false,
        drill: false,
        same: null,
      });
      t.match(body.targets[0], {
        position: 0,
        code: 'healthy',
        because: 'location 1 is up',
        fr_timer_ms: 2_000,
      });
      t.match(body.targets[1], {
        agent: 'alice',
        code: 'free',
        because: /^sales level 1, free/,
        ring_ms: 12_000,
      });
      t.match(body.out, [{ role: 'agent', agent: 'bob', code: 'not_registered' }]);
      t.equal(body.situation.agents.length, 2);
      t.same((await service.call('GET', '/v1/decisions')).body.decisions, []);
    });

    await t.test('200: what if', async (t) => {
      await register(service, 'bob', '10.0.0.8');
      const down = await explain(service, `${SALES}&down=${LOCATION}`);
      t.same(order(down.body), ['alice', 'bob', 'contact_center', 'treatment']);
      t.equal(down.body.bypass, true);
      const without = await explain(service, `${SALES}&busy=alice&unregistered=bob&down=SIP:192.0.2.10:5060`);
      t.same(order(without.body), ['contact_center', 'treatment']);
      t.same(left(without.body).sort(), ['alice busy', 'bob not_registered']);
      const nobody = await explain(service, `${SALES}&busy=alice&busy=bob`);
      t.same(order(nobody.body), ['contact_center', 'treatment'], 'several');
    });

    await t.test('200: at another time', async (t) => {
      const at = new Date(START + 301_000).toISOString();
      t.same(order((await explain(service, `${SALES}&at=${at}`)).body), ['contact_center', 'treatment']);
    });

    await t.test('400 names the field', async (t) => {
      for (const [query, field] of [
        ['', '/address'],
        [`${SALES}&decision=0192f3a4-5b6c-7d8e-9f00-112233445566`, '/address'],
        ['address=sales', '/address'],
        ['decision=1', '/decision'],
        [`${SALES}&at=now`, '/at'],
        [`${SALES}&down=sip:elsewhere.example.com`, '/down'],
        [`${SALES}&down=nonsense`, '/down'],
        [`${SALES}&busy=zoe`, '/busy'],
        [`${SALES}&unregistered=zoe`, '/unregistered'],
      ] as const) {
        const { status, body } = await explain(service, query);
        t.match({ status, body }, { status: 400, body: { code: 'bad_request', field } }, query);
      }
    });

    await t.test('404 unknown_address', async (t) => {
      const { status, body } = await explain(service, 'address=sip:nobody@cc.example.com');
      t.match({ status, body }, { status: 404, body: { code: 'unknown_address' } });
    });
  },

  'GET /v1/explain?decision': async (t, service) => {
    await register(service, 'alice', '10.0.0.7');
    const { body: document } = await service.call('POST', '/v1/route', INVITE);
    const id: string = document.decision;

    await t.test(
      '200: made again from what was recorded, it is the same, whatever has changed since',
      async (t) => {
        service.now += 3_600_000;
        await service.call('PUT', '/v1/contact-centers/cc.example.com', {
          locations: [{ uri: 'sip:192.0.2.99:5060' }],
        });
        const { status, body } = await explain(service, `decision=${id}`);
        t.equal(status, 200);
        t.equal(body.same, true);
        t.equal(body.at, new Date(START).toISOString());
        t.same(
          body.targets.map(({ uri }: { uri: string }) => uri),
          document.targets.map(({ uri }: { uri: string }) => uri),
        );
        t.same(left(body), ['bob not_registered']);
      },
    );

    await t.test('200: and with something changed in it', async (t) => {
      const { body } = await explain(service, `decision=${id}&busy=alice&down=${LOCATION}`);
      t.same(order(body), ['contact_center', 'treatment']);
      t.equal(body.bypass, true);
    });

    await t.test('the decision itself tells who was not called, and why', async (t) => {
      const { body } = await service.call('GET', `/v1/decisions/${id}`);
      t.match(body, { drill: false, out: [{ agent: 'bob', code: 'not_registered' }] });
    });

    await t.test('404 when no such decision is known, or nothing was recorded with it', async (t) => {
      const other = '0192f3a4-5b6c-7d8e-9f00-112233445566';
      t.match(await explain(service, `decision=${other}`), { status: 404, body: { code: 'not_found' } });
      await service.store.pool.query('UPDATE decisions SET situation = NULL');
      t.match(await explain(service, `decision=${id}`), {
        status: 404,
        body: { code: 'not_found', detail: /not recorded/ },
      });
    });
  },

  'a large skillset': async (t, service) => {
    await t.test('only those who matter are recorded, and the same list comes out of it', async (t) => {
      const names = Array.from({ length: 120 }, (_, i) => `agent${i}`);
      await service.call('PUT', '/v1/contact-centers/cc.example.com', {
        locations: [{ uri: LOCATION }],
        skillsets: [{ name: 'sales', order: 'weighted' }],
        agents: names.map((name) => ({ name, skills: { sales: 1 } })),
      });
      for (const [i, name] of names.entries()) if (i % 2 === 0) await register(service, name, `10.0.1.${i}`);
      const { body } = await service.call('POST', '/v1/route', INVITE);
      const again = await explain(service, `decision=${body.decision}`);
      t.equal(again.body.same, true);
      t.equal(again.body.situation.agents.length + again.body.situation.unrecorded_agents, 120);
      t.ok(again.body.situation.agents.length <= 40);
    });
  },
});
