import t from 'tap';
import { freePort } from '../../support/free-port.js';
import { Scene } from '../../support/scene.js';
import { call, callee, header, register } from '../../support/sipp.js';

const OTHER = 'other.example.net';

// B6, B8: one registrar serves several contact centers, each with its own sales and its own alice.
t.test('two contact centers on one registrar: each call stays in its own', async (t) => {
  const scene = await Scene.open(t);
  const { contactCenter, treatment, alice } = await otherContactCenter(scene);
  t.teardown(() => Promise.all([contactCenter.kill(), treatment.kill(), alice.kill()]));
  const callOther = (user: string, extra = 'Subject: a call') =>
    call(scene.callTarget, `sip:${user}@${OTHER}`, { extra });

  const ours = await scene.contactCenter({ answer: 10 });
  await scene.treatment();
  const phone = await scene.phone('alice', { answer: 10 });

  const play = async (title: string) => {
    await t.test(title, async (t) => {
      const working = await scene.call('sales');
      t.equal(working.answeredBy, 'contact-center');
      t.equal((await callOther('sales')).answeredBy, 'other-alice', 'the other one is down');
      t.equal((await callOther('alice')).answeredBy, 'other-alice');
      t.equal((await callOther('wait')).answeredBy, 'other-treatment');
      t.equal((await callOther('bob')).status, 404, 'bob is known elsewhere only');
    });
  };

  await play('with the service');

  await t.test("one's mark means nothing to the other", async (t) => {
    const mark = header(
      ours.messages().find(({ kind }) => kind === 'INVITE'),
      'X-Understudy-Decision',
    );
    const before = contactCenter.count('received', 'INVITE');
    await callOther('alice', `X-Understudy-Decision: ${mark}`);
    t.equal(contactCenter.count('received', 'INVITE'), before + 1, 'it is tried first as ever');
  });
  t.same(scene.registrar.warnings(), []);

  await scene.understudy.kill9();
  await play('without the service');

  await t.test('and the other way round', async (t) => {
    await ours.kill();
    await scene.contactCenter({ refuse: 503 });
    t.equal((await scene.call('sales')).answeredBy, 'alice');
    await phone.takesCalls({ refuse: 486 });
    t.equal((await scene.call('sales')).answeredBy, 'hold-music');
  });
});

/** Its contact center fails; its alice has a phone, and its treatment is called wait. */
async function otherContactCenter(scene: Scene) {
  const contactCenter = await callee({ refuse: 503 }, 'other-contact-center');
  const treatment = await callee({ answer: 10 }, 'other-treatment');
  const alice = await callee({ answer: 10 }, 'other-alice', await freePort());
  await scene.api('PUT', `/v1/contact-centers/${OTHER}`, {
    locations: [{ uri: `sip:127.0.0.1:${contactCenter.port}` }],
    treatments: [{ name: 'wait', kind: 'ivr', uri: `sip:127.0.0.1:${treatment.port}` }],
    skillsets: [{ name: 'sales', treatment: 'wait' }],
    agents: [{ name: 'alice', skills: { sales: 1 } }],
  });
  const contact = `Contact: <sip:alice@127.0.0.1:${alice.port}>;expires=300`;
  await register(scene.registerTarget, `sip:alice@${OTHER}`, { contact });
  return { contactCenter, treatment, alice };
}
