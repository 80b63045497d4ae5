import t, { type Test } from 'tap';
import { decisionOn } from '../../support/decision.js';
import { DOMAIN, type Phone, Scene } from '../../support/scene.js';
import { call } from '../../support/sipp.js';
import { until } from '../../support/until.js';

const file = (name: string) => new URL(`./${name}.xml`, import.meta.url).pathname;
const PRIVATE = '10.0.0.7:5062';
const HUNG_UP = ['0 failed 503', '1 answered 200', '1 ended'];

async function phoneBehindNat(scene: Scene, agent: string): Promise<Phone> {
  const phone = await scene.newPhone(agent);
  const { port } = phone;
  const contact = `Contact: <sip:${agent}@${PRIVATE}>;expires=300`;
  await phone.register({ scenario: file('register-behind-nat'), port, contact });
  return phone;
}

/** Both sides can hang up, so they find each other after the answer too; `at` is where the phone believes to be. */
async function talks(t: Test, scene: Scene, phone: Phone, at: string) {
  const { agent } = phone;
  await t.test(`${agent}'s caller hangs up`, async (t) => {
    const sipp = await phone.takesCalls({ scenario: file('answers'), keys: { at } });
    const call = await scene.call(agent);
    t.equal(call.answeredBy, agent);
    t.equal(sipp.count('received', 'INVITE'), 1);
    t.equal(sipp.count('received', 'ACK'), 1);
    t.equal(sipp.count('received', 'BYE'), 1);
    t.equal(sipp.count('sent', '200'), 2, 'neither the ACK nor the BYE was lost');
    await decisionOn(scene, agent, call, HUNG_UP);
  });
  await t.test(`${agent} hangs up`, async (t) => {
    const sipp = await phone.takesCalls({ scenario: file('hangs-up'), keys: { at } });
    const call = await scene.call(agent, { scenario: file('call-until-hung-up') });
    t.equal(call.answeredBy, agent);
    await until('the answer to the BYE', () => sipp.count('received', '200') === 1);
    t.equal(sipp.count('received', 'ACK'), 1);
    t.equal(sipp.count('sent', 'BYE'), 1);
    await decisionOn(scene, agent, call, HUNG_UP);
  });
}

// B1, B3, B10: a phone that registered at the edge is reached through it, by the Path of its binding (RFC 3327).
t.test('calls reach the phones by way of their edge, and stay there till the end', async (t) => {
  const scene = await Scene.open(t, { edge: true });
  await scene.contactCenter({ refuse: 503 });
  const alice = await scene.phone('alice');
  await talks(t, scene, alice, `127.0.0.1:${alice.port}`);
  const bob = await phoneBehindNat(scene, 'bob');
  await talks(t, scene, bob, PRIVATE);

  await t.test('a phone behind NAT calls, and is found when the other side hangs up', async (t) => {
    const at = `127.0.0.1:${alice.port}`;
    const sipp = await alice.takesCalls({ scenario: file('hangs-up'), keys: { at } });
    const scenario = file('call-from-behind-nat-until-hung-up');
    const { answeredBy } = await call(scene.registerTarget, `sip:alice@${DOMAIN}`, { scenario });
    t.equal(answeredBy, 'alice');
    await until('the answer to the BYE', () => sipp.count('received', '200') === 1);
  });

  await t.test('a phone that is gone is passed over as soon as without an edge', async (t) => {
    const silence = await alice.isSilent();
    await bob.takesCalls({ answer: 10 });
    t.equal((await scene.call('sales')).answeredBy, 'bob');
    t.equal(silence.received(), 3, 'an INVITE and two retransmissions before giving up');
  });

  t.same(scene.registrar.warnings(), []);
  t.same(scene.edge?.warnings(), []);
});

// B1, B3: the same for a phone behind NAT that registered straight at the registrar, by the received address of its binding.
t.test('without an edge, calls reach a phone behind NAT, and stay there till the end', async (t) => {
  const scene = await Scene.open(t);
  await scene.contactCenter({ refuse: 503 });
  await talks(t, scene, await phoneBehindNat(scene, 'alice'), PRIVATE);
  t.same(scene.registrar.warnings(), []);
});
