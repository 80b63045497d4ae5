import t from 'tap';
import { decisionOn } from '../../support/decision.js';
import { DOMAIN, Scene, type SceneOptions } from '../../support/scene.js';

// B3: a contact center that can't be reached at all is passed over like one that fails.
t.test('nobody listens at the contact center: the agent answers', async (t) => {
  const options: SceneOptions = {};
  const scene = await Scene.open(t, options);
  await scene.phone('alice', { answer: 10 });
  const [port = 0] = scene.locationPorts;
  const moveTo = async (uri: string) => {
    const document = { ...scene.document(options), locations: [{ uri }] };
    await scene.api('PUT', `/v1/contact-centers/${DOMAIN}`, document);
    await scene.heldWhen('sales', ([first]) => first?.contact === uri.replace('sip:', 'sip:sales@'));
  };

  await t.test('a closed UDP port is silence', async (t) => {
    const call = await scene.call('sales');
    t.equal(call.answeredBy, 'alice');
    t.ok(call.ms >= 1_900 && call.ms < 20_000, `after ${call.ms} ms`);
    await decisionOn(scene, 'sales', call, ['0 failed 408', '1 ringing 180', '1 answered 200', '1 ended']);
  });

  t.same(scene.registrar.warnings(), []);

  await t.test('a closed TCP port', async (t) => {
    await moveTo(`sip:127.0.0.1:${port};transport=tcp`);
    const call = await scene.call('sales');
    t.equal(call.answeredBy, 'alice');
    t.ok(call.ms < 20_000, `after ${call.ms} ms`);
  });

  await t.test('a transport that this registrar does not have: it is not even sent', async (t) => {
    await moveTo(`sip:127.0.0.1:${port};transport=tls`);
    const call = await scene.call('sales');
    t.equal(call.answeredBy, 'alice');
    t.ok(call.ms < 1_900, `after ${call.ms} ms, without waiting for anything`);
    await decisionOn(scene, 'sales', call, ['0 failed 477', '1 ringing 180', '1 answered 200', '1 ended']);
  });

  await t.test('the same without the service', async (t) => {
    await scene.understudy.kill9();
    const call = await scene.call('sales');
    t.equal(call.answeredBy, 'alice');
    t.ok(call.ms < 1_900, `after ${call.ms} ms`);
  });
});
