import t from 'tap';
import { freePort } from '../../support/free-port.js';
import { Scene } from '../../support/scene.js';

// B3 with an agent's fixed contacts; invariant 1: the registrar holds them, so they need no service.
t.test('an agent who is not reached at the phone is called at the fixed contact', async (t) => {
  const [mobilePort, homePort] = [await freePort(), await freePort()];
  const mobile = `sip:alice@127.0.0.1:${mobilePort}`;
  const home = `sip:bob@127.0.0.1:${homePort}`;
  const scene = await Scene.open(t, {
    document: {
      agents: [
        { name: 'alice', skills: { sales: 1 }, contacts: [{ uri: mobile, when: 'always' }] },
        { name: 'bob', skills: { sales: 2 }, contacts: [{ uri: home, when: 'bypass' }] },
      ],
    },
  });
  await scene.contactCenter({ refuse: 503 });
  await scene.treatment();
  const phone = await scene.phone('alice');
  await scene.callee({ answer: 10 }, 'mobile', mobilePort);
  const atHome = await scene.callee({ answer: 10 }, 'home', homePort);
  for (const user of ['sales', 'alice']) {
    const held = await scene.heldWhen(
      user,
      (all) =>
        all.some(({ contact }) => contact === phone.contact) &&
        all.some(({ contact, expires }) => contact === mobile && expires === null),
    );
    t.match(
      held.filter(({ contact }) => contact === mobile),
      [{ expires: null }],
      `${user}: for good`,
    );
    t.notOk(
      held.some(({ contact }) => contact === home),
      'one that is for a bypass is not held',
    );
  }

  await t.test('for one call that the contact center fails, when the phone is silent', async (t) => {
    const dead = await phone.isSilent();
    t.equal((await scene.call('sales')).answeredBy, 'mobile');
    t.ok(dead.received() > 0, 'after the phone');
    await dead.kill();
  });

  const busy = await phone.takesCalls({ refuse: 486 });
  await t.test('on the own address too, also when the phone is busy', async (t) => {
    t.equal((await scene.call('alice')).answeredBy, 'mobile');
    t.equal(busy.count('received', 'INVITE'), 1);
  });

  await t.test('without the service, by what the registrar holds', async (t) => {
    await scene.understudy.kill9();
    t.equal((await scene.call('sales')).answeredBy, 'mobile');
    t.equal(busy.count('received', 'INVITE'), 2);
    await scene.startUnderstudyAgain();
  });

  await t.test('in a bypass, one that is for a bypass', async (t) => {
    await scene.api('PUT', '/v1/contact-centers/cc.example.com/agents/alice', { skills: { sales: 1 } });
    await scene.heldWhen('sales', (held) => held.every(({ contact }) => contact !== mobile));
    t.equal((await scene.call('sales')).answeredBy, 'hold-music');
    t.equal(atHome.count('received', 'INVITE'), 0);
    const order = { contact_center: 'cc.example.com', kind: 'bypass', expires_in_seconds: 60 };
    await scene.api('POST', '/v1/overrides', { ...order, reason: 'test', by: 'ann' });
    t.equal((await scene.call('sales')).answeredBy, 'home');
  });
});
