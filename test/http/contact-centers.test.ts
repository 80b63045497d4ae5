import pg from 'pg';
import t, { type Test } from 'tap';
import { buildApp } from '../../src/app.js';
import { CENTER, onBothDatabases, register, type Service } from './call-service.js';
import { send } from './send.js';

/** What a restart would give: the same database, read anew. */
async function restarted(service: Service) {
  const app = await buildApp({ store: service.store, clock: () => service.now });
  await app.ready();
  return app;
}

const PATH = '/v1/contact-centers/new.example.com';
const DOCUMENT = {
  domain: 'new.example.com',
  mode: 'b2bua',
  locations: [
    { uri: 'sip:192.0.2.20', priority: 2, fr_timer_ms: 500 },
    { uri: 'SIP:192.0.2.10:5060', priority: 1 },
  ],
  treatments: [
    { name: 'hold-music', kind: 'music_on_hold', uri: 'sip:moh@192.0.2.30:5070', hold_seconds: 300 },
  ],
  skillsets: [
    { name: 'sales', treatment: 'hold-music', order: 'simultaneous', group_size: 4 },
    { name: 'support' },
  ],
  agents: [
    {
      name: 'zoe',
      skills: { support: 1, sales: 2 },
      weight: 30,
      contacts: [
        { uri: 'SIP:+14155550199@Trunk.example.net', when: 'bypass' },
        { uri: 'sip:zoe@192.0.2.40' },
      ],
    },
    { name: 'bob', skills: {} },
  ],
  expiry: { min_seconds: 30 },
  health: { failures: 3 },
  when_down: 'out',
  held_seconds: 0,
  drill_sources: ['2001:DB8::0:9', '192.0.2.99'],
  caller_networks: ['2001:DB8::/32', '198.51.100.7'],
};
const COMPLETE = {
  domain: 'new.example.com',
  mode: 'b2bua',
  locations: [
    { uri: 'sip:192.0.2.10:5060', priority: 1, fr_timer_ms: 2_000 },
    { uri: 'sip:192.0.2.20', priority: 2, fr_timer_ms: 500 },
  ],
  treatments: [
    {
      name: 'hold-music',
      kind: 'music_on_hold',
      uri: 'sip:moh@192.0.2.30:5070',
      fr_timer_ms: 2_000,
      hold_seconds: 300,
    },
  ],
  skillsets: [
    { name: 'sales', treatment: 'hold-music', ring_seconds: 15, order: 'simultaneous', group_size: 4 },
    { name: 'support', treatment: null, ring_seconds: 15, order: 'longest_idle', group_size: 3 },
  ],
  agents: [
    { name: 'bob', skills: {}, weight: 10, contacts: [] },
    {
      name: 'zoe',
      skills: { sales: 2, support: 1 },
      weight: 30,
      contacts: [
        { uri: 'sip:+14155550199@trunk.example.net', when: 'bypass' },
        { uri: 'sip:zoe@192.0.2.40', when: 'always' },
      ],
    },
  ],
  expiry: { min_seconds: 30, default_seconds: 300, max_seconds: 3_600 },
  failover_on: { contact_center: '408|5[0-9][0-9]', agent: '[456][0-9][0-9]', treatment: '[456][0-9][0-9]' },
  headers: true,
  health: {
    failures: 3,
    of: 3,
    window_seconds: 30,
    hold_seconds: 120,
    ramp_seconds: 60,
    flap_window_seconds: 3_600,
    longest_hold_seconds: 960,
  },
  when_down: 'out',
  progress_timer_ms: 6_000,
  caller_patience_seconds: 90,
  put_last_seconds: 60,
  held_seconds: 0,
  drill_sources: ['192.0.2.99', '2001:db8::9'],
  registers_agents: false,
  phones_in_bypass: 'accepted',
  authenticate_agents: false,
  allowed_networks: null,
  caller_networks: ['198.51.100.7/32', '2001:db8::/32'],
};
type Bad = readonly [what: string, body: object, ...fields: string[]];
const BAD: readonly Bad[] = [
  ['no location', {}, '/locations'],
  ['an empty list', { locations: [] }, '/locations'],
  ['a location without URI', { locations: [{}] }, '/locations/0/uri'],
  ['a URI that is none', { locations: [{ uri: 'pbx' }] }, '/locations/0/uri'],
  ['CR LF in a URI', { locations: [{ uri: 'sip:pbx\r\nX: y' }] }, '/locations/0/uri'],
  ['a misspelt member', { ...CENTER, failover: {} }, '/failover'],
  ['a misspelt member of a part', { ...CENTER, skillsets: [{ name: 's', ring: 1 }] }, '/skillsets/0/ring'],
  ['another domain', { ...CENTER, domain: 'else.example.com' }, '/domain'],
  ['a domain that is none', { ...CENTER, domain: 'a b' }, '/domain'],
  [
    'text for a number',
    { ...CENTER, skillsets: [{ name: 's', ring_seconds: '9' }] },
    '/skillsets/0/ring_seconds',
  ],
  ['a mode that is none', { ...CENTER, mode: 'tunnel' }, '/mode'],
  [
    'a level above 100',
    { ...CENTER, agents: [{ name: 'a', skills: { sales: 101 } }] },
    '/agents/0/skills/sales',
  ],
  ['an unknown skillset', { ...CENTER, agents: [{ name: 'a', skills: { x: 1 } }] }, '/agents/0/skills/x'],
  ['a list for an object', { ...CENTER, expiry: [] }, '/expiry'],
  [
    'several things',
    { ...CENTER, agents: [{ name: 'a b' }, { name: 'c', skills: { sales: 1.5 } }], headers: 1 },
    '/agents/0/name',
    '/agents/1/skills/sales',
    '/headers',
  ],
  [
    'several things beyond the schema',
    { ...CENTER, expiry: { min_seconds: 400 }, failover_on: { agent: '4xx' } },
    '/expiry/default_seconds',
    '/failover_on/agent',
  ],
  ...(
    [
      ['/health/failures', { health: { failures: 101, of: 100 } }],
      ['/health/failures', { health: { failures: 4 } }],
      ['/health/of', { health: { of: 0 } }],
      ['/health/window_seconds', { health: { window_seconds: 0 } }],
      ['/health/hold_seconds', { health: { hold_seconds: -1 } }],
      ['/health/ramp_seconds', { health: { ramp_seconds: 86_401 } }],
      ['/health/longest_hold_seconds', { health: { longest_hold_seconds: 60 } }],
      ['/health/hold', { health: { hold: 60 } }],
      ['/when_down', { when_down: 'first' }],
      ['/progress_timer_ms', { progress_timer_ms: 499 }],
      ['/caller_patience_seconds', { caller_patience_seconds: 9 }],
      ['/put_last_seconds', { put_last_seconds: 3_601 }],
      ['/held_seconds', { held_seconds: 604_801 }],
      ['/drill_sources/0', { drill_sources: ['pbx.example.com'] }],
      ['/caller_networks/1', { caller_networks: ['10.0.0.0/8', '10.0.0.0/33'] }],
      ['/caller_networks', { caller_networks: [] }],
      ['/drill_sources', { drill_sources: Array.from({ length: 101 }, (_, i) => `10.0.0.${i}`) }],
      ['/registers_agents', { registers_agents: 'yes' }],
      ['/phones_in_bypass', { phones_in_bypass: 'none' }],
      ['/authenticate_agents', { authenticate_agents: 'yes' }],
      ['/allowed_networks', { allowed_networks: [] }],
      ['/allowed_networks/1', { allowed_networks: ['10.0.0.0/8', '10.0.0.0/33'] }],
      ['/allowed_networks/0', { allowed_networks: ['cc.example.com'] }],
      ['/locations/0/uri', { locations: [{ uri: 'sip:239.1.1.1' }] }],
      [
        '/agents/0/contacts/1/uri',
        {
          allowed_networks: ['10.0.0.0/8'],
          agents: [{ name: 'a', contacts: [{ uri: 'sip:a@10.0.0.7' }, { uri: 'sip:a@192.0.2.40' }] }],
        },
      ],
      ['/skillsets/0/order', { skillsets: [{ name: 's', order: 'best' }] }],
      ['/skillsets/0/group_size', { skillsets: [{ name: 's', group_size: 1 }] }],
      ['/treatments/0/hold_seconds', { treatments: [{ ...CENTER.treatments[0], hold_seconds: 9 }] }],
      ['/agents/0/weight', { agents: [{ name: 'a', weight: 0 }] }],
      ['/agents/0/contacts/0/uri', { agents: [{ name: 'a', contacts: [{ uri: 'tel:+1' }] }] }],
      ['/agents/0/contacts/0/when', { agents: [{ name: 'a', contacts: [{ uri: 'sip:a@b', when: 'x' }] }] }],
      [
        '/agents/0/contacts',
        { agents: [{ name: 'a', contacts: Array.from({ length: 6 }, (_, i) => ({ uri: `sip:a@h${i}` })) }] },
      ],
    ] as const
  ).map(([field, part]): Bad => [`a bad ${field}`, { ...CENTER, agents: [], ...part }, field]),
];

const contactCenters = async (t: Test, service: Service) => {
  const { app } = service;
  let etag = '';

  await t.test('PUT 201, 200: the whole document with every default, in one spelling', async (t) => {
    const created = await send(app, `PUT ${PATH}`, DOCUMENT);
    t.equal(created.status, 201);
    t.strictSame(created.body, COMPLETE);
    etag = created.headers.etag as string;
    t.match(etag, /^"[\w-]{27}"$/, 'a strong ETag');
    const again = await send(app, 'PUT /v1/contact-centers/NEW.Example.com.', {
      ...COMPLETE,
      domain: 'New.example.com',
    });
    t.equal(again.status, 200);
    t.strictSame(again.body, COMPLETE);
    t.equal(again.headers.etag, etag, 'idempotent');
  });

  await t.test('GET 200, 304: the same document, also after a restart', async (t) => {
    const later = await restarted(service);
    t.teardown(() => later.close());
    for (const which of [app, later]) {
      const found = await send(which, `GET ${PATH}`);
      t.equal(found.status, 200);
      t.strictSame(found.body, COMPLETE);
      t.equal(found.headers.etag, etag);
    }
    const fresh = await send(app, `GET ${PATH}`, undefined, { 'if-none-match': etag });
    t.match(fresh, { status: 304, body: '', headers: { etag } });
  });

  await t.test('GET list 200', async (t) => {
    const { status, body } = await send(app, 'GET /v1/contact-centers');
    t.equal(status, 200);
    t.same(
      body.contact_centers.map(({ domain }: { domain: string }) => domain),
      ['cc.example.com', 'new.example.com', 'other.example.com'],
    );
    t.strictSame(body.contact_centers[1], {
      domain: 'new.example.com',
      mode: 'b2bua',
      locations: 2,
      treatments: 1,
      skillsets: 2,
      agents: 2,
    });
  });

  await t.test('412: the document is another one than the writer thinks', async (t) => {
    for (const line of [`PUT ${PATH}`, `DELETE ${PATH}`]) {
      const body = line.startsWith('PUT') ? DOCUMENT : undefined;
      t.match(await send(app, line, body, { 'if-match': '"old"' }), {
        status: 412,
        body: { code: 'precondition_failed' },
      });
      t.equal((await send(app, line, body, { 'if-none-match': '*' })).status, 412);
    }
    t.equal(
      (await send(app, 'PUT /v1/contact-centers/third.example.com', CENTER, { 'if-match': '*' })).status,
      412,
    );
    t.equal(
      (await send(app, 'GET /v1/contact-centers/third.example.com')).status,
      404,
      'and nothing is made',
    );
    t.equal((await send(app, `PUT ${PATH}`, DOCUMENT, { 'if-match': etag })).status, 200);
  });

  await t.test('400: names every field, and changes nothing', async (t) => {
    for (const [what, body, ...fields] of BAD) {
      const answer = await send(app, `PUT ${PATH}`, body);
      t.match(answer, { status: 400, body: { code: 'bad_request', field: fields[0] } }, what);
      t.same(
        answer.body.errors.map(({ field }: { field: string }) => field),
        fields,
        what,
      );
      t.equal(answer.headers['content-type'], 'application/problem+json');
    }
    for (const domain of ['a_b', '-a.example.com', 'a%0d%0ab', '%5B::1%5D', 'a'.repeat(64)]) {
      for (const [method, body] of [['PUT', CENTER], ['GET'], ['DELETE']] as const) {
        t.match(
          await send(app, `${method} /v1/contact-centers/${domain}`, body),
          { status: 400, body: { field: '/domain' } },
          `${method} ${domain}`,
        );
      }
    }
    t.equal((await send(app, `PUT /v1/contact-centers/${'a'.repeat(300)}`, CENTER)).status, 400);
    t.match(await send(app, `PUT ${PATH}`, '{"locations":'), {
      status: 400,
      body: { code: 'bad_request', field: '' },
    });
    t.match(await send(app, `PUT ${PATH}`, '[]'), { status: 400, body: { field: '' } });
    t.match(await send(app, `PUT ${PATH}`, '{"__proto__":{}}'), { status: 400, body: { field: '' } });
    t.equal((await send(app, `GET ${PATH}`)).headers.etag, etag);
  });

  await t.test('413, 415', async (t) => {
    const huge = JSON.stringify({ ...CENTER, domain: 'x'.repeat(33 * 1024 * 1024) });
    t.match(await send(app, `PUT ${PATH}`, huge), { status: 413, body: { code: 'body_too_large' } });
    t.match(await send(app, `PUT ${PATH}`, '<xml/>', { 'content-type': 'text/xml' }), {
      status: 415,
      body: { code: 'unsupported_media_type' },
    });
    t.equal((await send(app, `PUT ${PATH}/locations`, huge)).status, 413);
  });

  await t.test('404: there is none', async (t) => {
    for (const line of [
      'GET /v1/contact-centers/none.example.com',
      'DELETE /v1/contact-centers/none.example.com',
      'GET /v1/contact-centers/none.example.com/agents',
      'GET /v1/contact-centers/none.example.com/agents/bob',
      'GET /v1/contact-centers/none.example.com/locations',
    ]) {
      t.match(await send(app, line), { status: 404, body: { code: 'unknown_contact_center' } }, line);
    }
    for (const [path, body] of [
      ['skillsets/sales', {}],
      ['locations', { locations: [{ uri: 'sip:192.0.2.10' }] }],
      ['agents/bob/skills/sales', { level: 1 }],
    ] as const) {
      t.match(await send(app, `PUT /v1/contact-centers/none.example.com/${path}`, body), {
        status: 404,
        body: { code: 'unknown_contact_center' },
      });
    }
  });

  await t.test('an agent who stays keeps the registered phones; one who goes takes them along', async (t) => {
    await register(service, 'alice', '10.0.0.7');
    await register(service, 'bob', '10.0.0.8');
    const without = { ...CENTER, mode: 'b2bua', agents: CENTER.agents.filter(({ name }) => name !== 'bob') };
    t.equal((await send(app, 'PUT /v1/contact-centers/cc.example.com', without)).status, 200);
    t.equal((await send(app, 'PUT /v1/contact-centers/cc.example.com', CENTER)).status, 200);
    const later = await restarted(service);
    t.teardown(() => later.close());
    for (const which of [app, later]) {
      const { body } = await send(which, 'GET /v1/bindings?address=sip:sales@cc.example.com');
      t.same(
        body.bindings.flatMap(({ agent }: { agent: string | null }) => agent ?? []),
        ['alice'],
      );
    }
  });

  await t.test('writers of one domain take turns: memory and Postgres agree in the end', async (t) => {
    const writes = Array.from({ length: 12 }, (_, i) =>
      i % 3 === 2
        ? send(app, `DELETE ${PATH}`)
        : send(app, `PUT ${PATH}`, {
            ...DOCUMENT,
            agents: [{ name: `agent${i}`, skills: { sales: i + 1 } }],
          }),
    );
    const statuses = (await Promise.all(writes)).map(({ status }) => status);
    t.same(
      statuses.filter((status) => ![200, 201, 204, 404].includes(status)),
      [],
    );
    const lists = Array.from({ length: 6 }, (_, i) =>
      send(app, `PUT ${PATH}`, { ...DOCUMENT, agents: [{ name: `agent${i}`, skills: { sales: i + 1 } }] }),
    );
    await Promise.all(lists);
    const later = await restarted(service);
    t.teardown(() => later.close());
    const now = (await send(app, `GET ${PATH}`)).body;
    t.strictSame(now.agents, [{ name: 'agent5', skills: { sales: 6 }, weight: 10, contacts: [] }]);
    t.strictSame((await send(later, `GET ${PATH}`)).body, now);
  });

  await t.test('DELETE 204: everything is gone', async (t) => {
    t.equal((await send(app, `DELETE ${PATH}`)).status, 204);
    t.equal((await send(app, `GET ${PATH}`)).status, 404);
    for (const table of ['contact_centers', 'locations', 'treatments', 'skillsets', 'agents', 'skills']) {
      const { rows } = await service.store.pool.query(
        `SELECT FROM ${table} WHERE domain = 'new.example.com'`,
      );
      t.equal(rows.length, 0, table);
    }
  });

  await t.test('20,000 agents: taken, kept, and one of them changed', async (t) => {
    const agents = Array.from({ length: 20_000 }, (_, i) => ({
      name: `agent${i}`,
      skills: { sales: 1 + (i % 100) },
    }));
    t.equal((await send(app, `PUT ${PATH}`, { ...DOCUMENT, agents })).status, 201);
    t.equal((await send(app, `PUT ${PATH}/agents/one-too-many`, {})).body.field, '');
    t.equal((await send(app, `PUT ${PATH}/agents/agent7`, { skills: { support: 4 } })).status, 200);
    const later = await restarted(service);
    t.teardown(() => later.close());
    const { body, headers } = await send(later, `GET ${PATH}`);
    t.equal(headers.etag, (await send(app, `GET ${PATH}`)).headers.etag);
    t.equal(body.agents.length, 20_000);
    const [changed] = body.agents.filter(({ name }: { name: string }) => name === 'agent7');
    t.strictSame(changed, { name: 'agent7', skills: { support: 4 }, weight: 10, contacts: [] });
    t.match(await send(app, `PUT ${PATH}`, { ...DOCUMENT, agents: [...agents, { name: 'one-too-many' }] }), {
      status: 400,
      body: { field: '/agents' },
    });
  });

  await t.test('503: Postgres does not answer, and nothing has changed', async (t) => {
    const pool = new pg.Pool(service.store.pool.options);
    const broken = await buildApp({
      store: { ...service.store, pool },
      clock: () => service.now,
    });
    await broken.ready();
    t.teardown(() => broken.close());
    const before = await send(broken, `GET ${PATH}`);
    await pool.end();
    for (const [line, body] of [
      [`PUT ${PATH}`, CENTER],
      [`DELETE ${PATH}`],
      [`PUT ${PATH}/locations`, { locations: [{ uri: 'sip:192.0.2.99' }] }],
      [`PUT ${PATH}/skillsets/more`, {}],
      [`DELETE ${PATH}/agents/agent1`],
      [`PUT ${PATH}/agents/agent1/skills/sales`, { level: 50 }],
      [`DELETE ${PATH}/agents/agent1/skills/sales`],
      ['PUT /v1/contact-centers/third.example.com', CENTER],
      ['PUT /v1/nodes/reg1', { role: 'registrar' }],
    ] as const) {
      t.match(await send(broken, line, body), { status: 503, body: { code: 'store_unavailable' } }, line);
    }
    t.equal((await send(broken, `GET ${PATH}`)).headers.etag, before.headers.etag);
    t.equal((await send(broken, 'GET /v1/contact-centers/third.example.com')).status, 404);
    t.strictSame((await send(broken, 'GET /v1/nodes')).body, { nodes: [] });
  });

  await t.test(
    '500: what nobody expected is in the log, not in the answer; the next write mends it',
    async (t) => {
      await service.store.pool.query('ALTER TABLE skills RENAME TO lost');
      const refused = await send(app, `PUT ${PATH}/agents/agent1/skills/support`, { level: 1 });
      await service.store.pool.query('ALTER TABLE lost RENAME TO skills');
      t.match(refused, { status: 500, body: { code: 'internal', detail: 'It is in the log' } });
      t.equal((await send(app, `GET ${PATH}/agents/agent1/skills/support`)).status, 404);
      t.equal((await send(app, `PUT ${PATH}/agents/agent1/skills/support`, { level: 2 })).status, 201);
      const later = await restarted(service);
      t.teardown(() => later.close());
      t.same((await send(later, `GET ${PATH}/agents/agent1/skills/support`)).body, { level: 2 });
    },
  );
};

/** The other one knows nothing of what this one has changed meanwhile, as within the moment that it takes to be told. */
const twoInstances = async (t: Test, service: Service) => {
  const other = await restarted(service);
  t.teardown(() => other.close());
  const at = '/v1/contact-centers/cc.example.com';
  const seen = (await send(other, `GET ${at}`)).headers.etag as string;
  t.equal((await send(service.app, `PUT ${at}/agents/erin`, { skills: { sales: 4 } })).status, 201);

  await t.test('412: the other one sees that the document is another one', async (t) => {
    t.equal((await send(other, `PUT ${at}`, CENTER, { 'if-match': seen })).status, 412);
    t.equal((await send(other, `DELETE ${at}`, undefined, { 'if-match': seen })).status, 412);
  });

  await t.test('a change of a part leaves the rest as it is, and the other one knows it then', async (t) => {
    t.equal((await send(other, `PUT ${at}/agents/frank`, { skills: { sales: 5 } })).status, 201);
    const { body } = await send(other, `GET ${at}`);
    t.same(
      body.agents.map(({ name }: { name: string }) => name),
      ['alice', 'bob', 'erin', 'frank'],
    );
  });

  await t.test('a whole document is what Postgres has then, and nothing besides', async (t) => {
    const put = await send(service.app, `PUT ${at}`, CENTER);
    t.equal(put.status, 200);
    const later = await restarted(service);
    t.teardown(() => later.close());
    t.strictSame((await send(later, `GET ${at}`)).body, put.body);
  });

  await t.test('what one has removed the others may change no more, and may create anew', async (t) => {
    const third = await restarted(service);
    t.teardown(() => third.close());
    t.equal((await send(service.app, `DELETE ${at}`)).status, 204);
    for (const one of [other, third]) t.equal((await send(one, `PUT ${at}/agents/erin`, {})).status, 404);
    t.equal((await send(other, `PUT ${at}`, CENTER)).status, 201);
  });

  await t.test('many at once: each change is there in the end', async (t) => {
    const names = Array.from({ length: 12 }, (_, i) => `many${i + 10}`);
    const answers = await Promise.all(
      names.map((name, i) => send(i % 2 ? other : service.app, `PUT ${at}/agents/${name}`, {})),
    );
    t.same(new Set(answers.map(({ status }) => status)), new Set([201]));
    const later = await restarted(service);
    t.teardown(() => later.close());
    const { body } = await send(later, `GET ${at}/agents`);
    t.same(
      body.agents.map(({ name }: { name: string }) => name),
      ['alice', 'bob', ...names],
    );
  });
};

const parts = async (t: Test, service: Service) => {
  const { app } = service;
  const at = '/v1/contact-centers/cc.example.com';

  await t.test('GET 200, PUT 200: locations, as one list', async (t) => {
    const found = await send(app, `GET ${at}/locations`);
    t.strictSame(found.body, {
      locations: [{ uri: 'sip:192.0.2.10:5060', priority: 1, fr_timer_ms: 2_000 }],
    });
    const etag = found.headers.etag as string;
    t.equal((await send(app, `GET ${at}/locations`, undefined, { 'if-none-match': etag })).status, 304);
    const locations = [{ uri: 'sip:192.0.2.20', fr_timer_ms: 700 }, { uri: 'sip:192.0.2.10:5060' }];
    const put = await send(app, `PUT ${at}/locations`, { locations }, { 'if-match': etag });
    t.equal(put.status, 200);
    t.strictSame(put.body.locations, [
      { uri: 'sip:192.0.2.20', priority: 1, fr_timer_ms: 700 },
      { uri: 'sip:192.0.2.10:5060', priority: 2, fr_timer_ms: 2_000 },
    ]);
    t.equal((await send(app, `PUT ${at}/locations`, { locations }, { 'if-match': etag })).status, 412);
    t.strictSame((await send(app, `GET ${at}`)).body.locations, put.body.locations);
    const bad = { locations: [...locations, { uri: 'sip:192.0.2.20' }] };
    t.match(await send(app, `PUT ${at}/locations`, bad), {
      status: 400,
      body: { field: '/locations/2/uri' },
    });
    t.match(await send(app, `PUT ${at}/locations`, {}), { status: 400, body: { field: '/locations' } });
  });

  const KINDS = [
    {
      list: 'skillsets',
      name: 'billing',
      body: { treatment: 'hold-music', order: 'weighted' },
      document: {
        name: 'billing',
        treatment: 'hold-music',
        ring_seconds: 15,
        order: 'weighted',
        group_size: 3,
      },
      bad: [{ treatment: 'none' }, '/treatment'],
    },
    {
      list: 'treatments',
      name: 'closed',
      body: { kind: 'announcement', uri: 'SIP:192.0.2.31' },
      document: {
        name: 'closed',
        kind: 'announcement',
        uri: 'sip:192.0.2.31',
        fr_timer_ms: 2_000,
        hold_seconds: null,
      },
      bad: [{ kind: 'announcement', uri: 'sip:' }, '/uri'],
    },
    {
      list: 'agents',
      name: 'carol',
      body: { name: 'carol', skills: { support: 2 }, contacts: [{ uri: 'SIP:carol@192.0.2.40' }] },
      document: {
        name: 'carol',
        skills: { support: 2 },
        weight: 10,
        contacts: [{ uri: 'sip:carol@192.0.2.40', when: 'always' }],
      },
      bad: [{ skills: { none: 1 } }, '/skills/none'],
    },
  ] as const;
  for (const { list, name, body, document, bad } of KINDS) {
    await t.test(`${list}: GET 200, 304, 404, PUT 201, 200, 400, 412, DELETE 204, 404, 412`, async (t) => {
      const one = `${at}/${list}/${name}`;
      t.match(await send(app, `GET ${one}`), { status: 404, body: { code: 'not_found' } });
      t.match(await send(app, `DELETE ${one}`), { status: 404, body: { code: 'not_found' } });
      const created = await send(app, `PUT ${one}`, body, { 'if-none-match': '*' });
      t.equal(created.status, 201);
      t.strictSame(created.body, document);
      const etag = created.headers.etag as string;
      t.equal((await send(app, `PUT ${one}`, body, { 'if-none-match': '*' })).status, 412);
      t.equal((await send(app, `DELETE ${one}`, undefined, { 'if-match': '"old"' })).status, 412);
      t.equal((await send(app, `PUT ${one}`, body, { 'if-match': etag })).status, 200);
      t.strictSame((await send(app, `GET ${one}`)).body, document);
      t.equal((await send(app, `GET ${one}`, undefined, { 'if-none-match': etag })).status, 304);
      const all = (await send(app, `GET ${at}/${list}`)).body[list];
      t.strictSame(
        all.filter((part: { name: string }) => part.name === name),
        [document],
      );
      t.equal(all.length, CENTER[list].length + 1);
      t.match(await send(app, `PUT ${one}`, bad[0]), { status: 400, body: { field: bad[1] } });
      t.match(await send(app, `PUT ${one}`, { ...body, name: 'else' }), {
        status: 400,
        body: { field: '/name' },
      });
      t.match(await send(app, `PUT ${one}`, { ...body, more: 1 }), { status: 400, body: { field: '/more' } });
      t.match(await send(app, `PUT ${at}/${list}/a%20b`, { ...body, name: undefined }), {
        status: 400,
        body: { field: '/name' },
      });
      t.equal((await send(app, `PUT ${one}`, '<xml/>', { 'content-type': 'text/xml' })).status, 415);
      t.equal((await send(app, `PUT ${one}`, { name: 'x'.repeat(70_000) })).status, 413);
      t.equal((await send(app, `DELETE ${one}`)).status, 204);
      t.equal((await send(app, `GET ${one}`)).status, 404);
    });
  }

  await t.test('a name belongs to one part only', async (t) => {
    t.match(await send(app, `PUT ${at}/skillsets/alice`, {}), { status: 400, body: { field: '/name' } });
    t.match(await send(app, `PUT ${at}/agents/sales`, {}), { status: 400, body: { field: '/name' } });
  });

  await t.test('400: what gets into a contradiction elsewhere is named as well', async (t) => {
    const uri = 'sip:alice@192.0.2.40';
    const alice = { skills: { sales: 1, support: 3 }, contacts: [{ uri }] };
    t.equal((await send(app, `PUT ${at}/agents/alice`, alice)).status, 200);
    t.match(await send(app, `PUT ${at}/treatments/hold-music`, { kind: 'ivr', uri }), {
      status: 400,
      body: { field: '', detail: '/agents/0/contacts/0/uri is the treatment hold-music' },
    });
    t.match(await send(app, `PUT ${at}/locations`, { locations: [{ uri: 'sip:192.0.2.40' }] }), {
      status: 400,
      body: { field: '/agents/0/contacts/0/uri' },
    });
    t.equal((await send(app, `PUT ${at}/agents/alice/skills/sales`, { level: 2 })).status, 200);
    t.match((await send(app, `GET ${at}/agents/alice`)).body, { ...alice, skills: { sales: 2 } });
    const { bindings } = (await send(app, 'GET /v1/bindings?address=sip:sales@cc.example.com')).body;
    t.match(
      bindings.filter(({ contact }: { contact: string }) => contact === uri),
      [{ role: 'agent', agent: 'alice', held: true, expires: null, because: 'sales level 2, contact' }],
    );
  });

  await t.test('409: what others name may not go, and they are named', async (t) => {
    t.match(await send(app, `DELETE ${at}/treatments/hold-music`), {
      status: 409,
      body: { code: 'conflict', detail: /sales/, used_by: ['sales'] },
    });
    t.match(await send(app, `DELETE ${at}/skillsets/sales`), {
      status: 409,
      body: { code: 'conflict', detail: /alice, bob/, used_by: ['alice', 'bob'] },
    });
  });

  await t.test('skills: GET 200, 404, PUT 201, 200, 400, 404, DELETE 204, 404', async (t) => {
    const skills = `${at}/agents/bob/skills`;
    t.strictSame((await send(app, `GET ${skills}`)).body, { skills: { sales: 2 } });
    t.equal((await send(app, `GET ${skills}/support`)).status, 404);
    t.match(await send(app, `PUT ${skills}/support`, { level: 4 }), { status: 201, body: { level: 4 } });
    t.match(await send(app, `PUT ${skills}/support`, { level: 5 }), { status: 200, body: { level: 5 } });
    t.strictSame((await send(app, `GET ${skills}/support`)).body, { level: 5 });
    t.strictSame((await send(app, `GET ${at}/agents/bob`)).body.skills, { sales: 2, support: 5 });
    for (const body of [{ level: 0 }, { level: 101 }, { level: '1' }, {}]) {
      t.match(await send(app, `PUT ${skills}/support`, body), { status: 400, body: { field: '/level' } });
    }
    t.match(await send(app, `PUT ${skills}/none`, { level: 1 }), {
      status: 404,
      body: { code: 'not_found' },
    });
    t.match(await send(app, `PUT ${at}/agents/nobody/skills/sales`, { level: 1 }), { status: 404 });
    t.equal((await send(app, `GET ${at}/agents/nobody/skills`)).status, 404);
    t.equal((await send(app, `GET ${skills}/constructor`)).status, 404, 'what every object has is no skill');
    t.equal((await send(app, `DELETE ${skills}/support`)).status, 204);
    t.equal((await send(app, `DELETE ${skills}/support`)).status, 404);
  });

  await t.test('what was changed piece by piece is there after a restart', async (t) => {
    const later = await restarted(service);
    t.teardown(() => later.close());
    t.strictSame((await send(later, `GET ${at}`)).body, (await send(app, `GET ${at}`)).body);
  });
};

onBothDatabases(t, { twoInstances, 'contact centers': contactCenters, 'their parts': parts });
