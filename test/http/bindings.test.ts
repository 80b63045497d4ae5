import t, { type Test } from 'tap';
import { CENTER, onBothDatabases, register, type Service } from './call-service.js';
import { send } from './send.js';

const bindings = ({ app }: Service, user: string) =>
  send(app, `GET /v1/bindings?address=sip:${user}@cc.example.com`);

const ofSkillset = async (t: Test, service: Service) => {
  await t.test('200: nobody has registered', async (t) => {
    const { status, body } = await bindings(service, 'sales');
    t.equal(status, 200);
    t.strictSame(body, {
      address: 'sip:sales@cc.example.com',
      contact_center: 'cc.example.com',
      bindings: [
        {
          role: 'contact_center',
          agent: null,
          contact: 'sip:sales@192.0.2.10:5060',
          q: 1,
          expires: null,
          path: null,
          received: null,
          instance: null,
          held: true,
          held_since: null,
          on_behalf: false,
          because: 'location 1',
        },
        {
          role: 'treatment',
          agent: null,
          contact: 'sip:moh@192.0.2.30:5070',
          q: 0.01,
          expires: null,
          path: null,
          received: null,
          instance: null,
          held: true,
          held_since: null,
          on_behalf: false,
          because: 'treatment hold-music',
        },
      ],
    });
  });

  await t.test('B1, B2, B4, B11: the contact center, the agents by level, the treatment', async (t) => {
    await register(service, 'bob', '10.0.0.8');
    service.now += 1_000;
    await register(service, 'alice', '10.0.0.7');
    service.now += 500;
    const { body } = await bindings(service, 'sales');
    const list: { role: string; q: number; agent: string | null }[] = body.bindings;
    t.same(
      list.map(({ role, agent }) => agent ?? role),
      ['contact_center', 'alice', 'bob', 'treatment'],
    );
    t.ok(
      list.every(({ q }, i) => i === 0 || q < (list[i - 1]?.q ?? 0)),
      'q falls',
    );
    t.match(list[1], {
      role: 'agent',
      contact: 'sip:alice@10.0.0.7:5062',
      expires: 300,
      path: '<sip:edge1.example.com;lr>',
      received: 'sip:203.0.113.9:5062',
      instance: null,
      held: true,
      held_since: null,
      on_behalf: false,
      because: 'sales level 1',
    });
    t.match(list[2], { agent: 'bob', expires: 299 });
  });

  await t.test('what has expired is gone at once', async (t) => {
    service.now += 298_600;
    const { body } = await bindings(service, 'sales');
    t.same(
      body.bindings.map(({ agent }: { agent: string | null }) => agent),
      [null, 'alice', null],
    );
  });
};

const held = async (t: Test, service: Service) => {
  const { app } = service;
  const agents = Array.from({ length: 12 }, (_, i) => ({ name: `agent${i + 10}`, skills: { sales: 1 } }));
  await send(app, 'PUT /v1/contact-centers/cc.example.com', { ...CENTER, agents });
  for (const { name } of agents) await register(service, name, '10.0.0.7');
  const heldAgents = async () => {
    const { body } = await bindings(service, 'sales');
    const list: { role: string; agent: string; held: boolean }[] = body.bindings;
    t.equal(list.length, 14, 'those who wait are listed too');
    t.ok(
      list.every(({ role, held }) => held || role === 'agent'),
      'locations and treatments are always held',
    );
    return list.filter(({ agent, held }) => agent && held).map(({ agent }) => agent);
  };

  await t.test('as many agents are held as one call can try, the best ones', async (t) => {
    t.same(
      await heldAgents(),
      agents.slice(0, 9).map(({ name }) => name),
    );
  });

  await t.test('by the registrar that can try the fewest', async (t) => {
    await send(app, 'PUT /v1/nodes/reg1', { role: 'registrar', max_branches: 20 });
    t.equal((await heldAgents()).length, 12);
    await send(app, 'PUT /v1/nodes/reg2', { role: 'registrar', max_branches: 5 });
    t.same(await heldAgents(), ['agent10', 'agent11']);
    await send(app, 'PUT /v1/nodes/edge1', { role: 'edge', max_branches: 2 });
    t.equal((await heldAgents()).length, 2, 'edges hold nothing');
  });
};

const others = async (t: Test, service: Service) => {
  await t.test(
    "an agent's own address: the contact center rides on the phone's REGISTER (B10)",
    async (t) => {
      t.match((await bindings(service, 'alice')).body.bindings, [{ role: 'contact_center', expires: null }]);
      await register(service, 'alice', '10.0.0.7');
      service.now += 100_000;
      await register(service, 'alice', '10.0.0.9');
      service.now += 10_000;
      const { body } = await bindings(service, 'alice');
      t.match(body.bindings, [
        { role: 'contact_center', contact: 'sip:alice@192.0.2.10:5060', q: 1, expires: 290 },
        {
          role: 'agent',
          agent: 'alice',
          contact: 'sip:alice@10.0.0.7:5062',
          expires: 190,
          because: 'own endpoint',
        },
        { role: 'agent', agent: 'alice', contact: 'sip:alice@10.0.0.9:5062', expires: 290 },
      ]);
      t.equal(body.bindings.length, 3);
    },
  );

  await t.test(
    "B7: a treatment's address is bound to the contact center, then to the treatment",
    async (t) => {
      const { body } = await bindings(service, 'hold-music');
      t.match(body.bindings, [
        { role: 'contact_center', contact: 'sip:hold-music@192.0.2.10:5060' },
        { role: 'treatment', contact: 'sip:moh@192.0.2.30:5070' },
      ]);
    },
  );

  await t.test('B6: every skillset has its own address, with its own agents', async (t) => {
    const { body } = await bindings(service, 'support');
    t.same(
      body.bindings.map(({ contact }: { contact: string }) => contact),
      ['sip:support@192.0.2.10:5060', 'sip:alice@10.0.0.7:5062', 'sip:alice@10.0.0.9:5062'],
    );
  });

  await t.test('one address has one spelling', async (t) => {
    for (const text of ['SIP:s%61les@CC.example.com', 'sips:sales@cc.example.com.:5061;user=phone']) {
      const { status, body } = await send(
        service.app,
        `GET /v1/bindings?address=${encodeURIComponent(text)}`,
      );
      t.match({ status, address: body.address }, { status: 200, address: 'sip:sales@cc.example.com' }, text);
    }
  });

  await t.test('404, 400', async (t) => {
    t.match(await bindings(service, 'nobody'), { status: 404, body: { code: 'unknown_address' } });
    t.match(await send(service.app, 'GET /v1/bindings?address=sip:a@b.example.com'), { status: 404 });
    for (const query of [
      '',
      '?address=',
      '?address=sales',
      '?address=sip:cc.example.com',
      '?address=sip:a%0d%0a@b',
    ]) {
      t.match(
        await send(service.app, `GET /v1/bindings${query}`),
        { status: 400, body: { code: 'bad_request', field: '/address' } },
        query,
      );
    }
    t.equal((await send(service.app, `GET /v1/bindings?address=sip:${'a'.repeat(300)}@b`)).status, 400);
  });
};

onBothDatabases(t, { 'of a skillset': ofSkillset, 'held and waiting': held, 'of other addresses': others });
