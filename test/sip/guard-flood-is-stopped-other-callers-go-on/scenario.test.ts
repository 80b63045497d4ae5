import t, { type Test } from 'tap';
import { type Flood, flood } from '../../support/flood.js';
import { DOMAIN, Scene } from '../../support/scene.js';
import { until } from '../../support/until.js';

const NOBODY = `sip:nobody@${DOMAIN}`;
const SOME = 20;
const MANY = 500;

// One source that sends too much is stopped, and costs the others nothing.
t.test('a flood is stopped, and calls from elsewhere go on', async (t) => {
  const scene = await Scene.open(t, {
    kamailioEnv: {
      GUARD_CALLS_IN_5_SECONDS: String(SOME),
      GUARD_REGISTERS_IN_5_SECONDS: String(SOME),
      GUARD_REQUESTS_IN_2_SECONDS: String(MANY),
    },
  });
  await scene.contactCenter({ answer: 10 });
  const { registrar } = scene;

  const floods = async (t: Test, what: Flood) => {
    const { answers, close } = await flood(registrar.sipPort, what);
    t.teardown(close);
    return answers;
  };
  const callsGoOn = async (t: Test) => {
    const { answeredBy, ms } = await scene.call('sales');
    t.equal(answeredBy, 'contact-center');
    t.comment(`another's call answered after ${ms} ms`);
  };

  await t.test('scanners get no answer', async (t) => {
    const header = 'User-Agent: friendly-scanner';
    const answers = await floods(t, {
      ip: '127.0.0.66',
      method: 'OPTIONS',
      to: registrar.uri,
      count: 5,
      header,
    });
    await until('it to be said', () =>
      registrar.log().includes('guard=scanner method=OPTIONS source=127.0.0.66'),
    );
    await callsGoOn(t);
    t.same(answers, {});
  });

  await t.test('one call that is sent again and again is one call', async (t) => {
    const once = { ip: '127.0.0.70', method: 'INVITE', to: NOBODY };
    const answers = await floods(t, { ...once, count: 4 * SOME, again: true });
    await until('its answer', () => (answers[404] ?? 0) > 0);
    await callsGoOn(t);
    t.notOk(answers[503]);
  });

  await t.test('too many calls: 503', async (t) => {
    const answers = await floods(t, { ip: '127.0.0.67', method: 'INVITE', to: NOBODY, count: 100 });
    await until('refusals', () => (answers[503] ?? 0) > 0);
    await callsGoOn(t);
    t.ok((answers[404] ?? 0) <= 2 * SOME, `${JSON.stringify(answers)}`);
    t.match(registrar.log(), 'guard=too_many method=INVITE source=127.0.0.67');
  });

  await t.test('too many REGISTERs: 503', async (t) => {
    const answers = await floods(t, { ip: '127.0.0.68', method: 'REGISTER', to: NOBODY, count: 100 });
    await until('refusals', () => (answers[503] ?? 0) > 0);
    t.equal((await (await scene.newPhone('alice')).register()).status, 200);
    t.ok((answers[403] ?? 0) <= 2 * SOME, `${JSON.stringify(answers)}`);
  });

  await t.test('far too many of anything: no answer', async (t) => {
    const count = 8 * MANY;
    const answers = await floods(t, { ip: '127.0.0.69', method: 'OPTIONS', to: registrar.uri, count });
    await until('the source to be blocked', () => /PIKE - BLOCKing ip 127\.0\.0\.69/.test(registrar.log()));
    await callsGoOn(t);
    t.comment(`answered: ${JSON.stringify(answers)} of ${count}`);
    t.ok((answers[200] ?? 0) < count / 2);
  });
});
