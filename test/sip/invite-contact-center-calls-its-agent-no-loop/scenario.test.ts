import t from 'tap';
import { decisionOn } from '../../support/decision.js';
import { DOMAIN, Scene } from '../../support/scene.js';
import { call, header, type Sipp } from '../../support/sipp.js';

const PROXY = new URL('./proxy.xml', import.meta.url).pathname;

// B4, B5: the contact center, having taken a call, itself calls an agent by the registrar: that call must not go back to it.
t.test("the contact center's own call reaches the agent, not the contact center", async (t) => {
  const scene = await Scene.open(t, { locations: 2 });
  const second = await scene.contactCenter({ answer: 10 }, 1);
  await scene.phone('alice', { answer: 10 });

  const fromItsAddress = async (title: string) => {
    await t.test(`known by its address and port, ${title}`, async (t) => {
      const proxy = await scene.contactCenter({ scenario: PROXY });
      const call = await scene.call('sales');
      t.equal(call.status, 200);
      t.equal(call.answeredBy, 'alice');
      t.equal(proxy.count('received', 'INVITE'), 1);
      await proxy.kill();
    });
  };

  /** The mark of a call to sales that the contact center has taken, and how it marks the calls that it then makes. */
  const takenCall = async () => {
    const contactCenter = await scene.contactCenter({ ring: true });
    await scene.call('sales', { scenario: 'cancel' });
    const mark = header(firstInvite(contactCenter), 'X-Understudy-Decision');
    return { contactCenter, extra: `X-Understudy-Decision: ${mark}` };
  };

  const fromAnotherPort = async (title: string) => {
    await t.test(`known by the header when it calls from another port, ${title}`, async (t) => {
      const { contactCenter, extra } = await takenCall();
      const call = await scene.call('alice', { extra });
      t.equal(call.answeredBy, 'alice');
      t.equal(contactCenter.count('received', 'INVITE'), 1, 'only the call to sales');
      await contactCenter.kill();
    });
  };

  await fromItsAddress('with the service');
  await fromAnotherPort('with the service');

  await t.test('a header that somebody has invented counts for nothing', async (t) => {
    const contactCenter = await scene.contactCenter({ answer: 10 });
    const extra = 'X-Understudy-Decision: 01890000-0000-7000-8000-000000000000';
    t.equal((await scene.call('alice', { extra })).answeredBy, 'contact-center');
    const invite = firstInvite(contactCenter)?.text ?? '';
    t.equal(invite.match(/^X-Understudy-Decision:/gm)?.length, 1, 'nor is it passed on beside ours');
    t.notMatch(invite, extra);
    await contactCenter.kill();
  });
  t.same(scene.registrar.warnings(), []);

  await scene.understudy.kill9();
  await fromItsAddress('without the service');
  await fromAnotherPort('without the service');

  await t.test('taken without the service, which comes back before the agent is called', async (t) => {
    const { contactCenter, extra } = await takenCall();
    await scene.startUnderstudyAgain();
    t.equal((await scene.call('alice', { extra })).answeredBy, 'alice');
    t.equal(contactCenter.count('received', 'INVITE'), 1);
  });

  t.equal(second.count('received', 'INVITE'), 0, 'nor does it go to the other location');
});

// B4, B5: at the registrar, such a call then comes from the edge.
t.test('the same when the contact center calls by way of the edge', async (t) => {
  const scene = await Scene.open(t, { edge: true });
  const [port = 0] = scene.locationPorts;
  await scene.phone('alice', { answer: 10 });
  const address = `sip:alice@${DOMAIN}`;

  const own = await call(scene.registerTarget, address, { port });
  t.equal(own.answeredBy, 'alice');
  await decisionOn(scene, 'alice', own, ['0 ringing 180', '0 answered 200', '0 ended']);
  t.notOk(own.messages.some(({ kind, direction }) => direction === 'received' && kind === 'INVITE'));

  const contactCenter = await scene.contactCenter({ answer: 10 });
  const foreign = await call(scene.registerTarget, address);
  t.equal(foreign.answeredBy, 'contact-center', 'whoever else calls from there');
  const extra = `X-Understudy-Source: sip:127.0.0.1:${port};transport=udp`;
  t.equal((await call(scene.registerTarget, address, { extra })).answeredBy, 'contact-center', 'or lies');
  t.equal((await call(scene.callTarget, address, { extra })).answeredBy, 'contact-center');
  t.notOk(contactCenter.messages().some(({ text }) => text.includes('X-Understudy-Source')));
  t.same(scene.registrar.warnings(), []);
  t.same(scene.edge?.warnings(), []);

  await contactCenter.kill();
  await scene.understudy.kill9();
  t.equal((await call(scene.registerTarget, address, { port })).answeredBy, 'alice', 'without the service');
});

/** Probes come, too. */
function firstInvite(sipp: Sipp) {
  return sipp.messages().find(({ text }) => text.startsWith('INVITE '));
}
