import t from 'tap';
import { changesOf } from '../../support/health.js';
import { DOMAIN, Scene } from '../../support/scene.js';
import { until } from '../../support/until.js';

// What an operator orders ends without anybody thinking of it.
t.test('a bypass that was ordered ends by itself', async (t) => {
  const scene = await Scene.open(t, { health: true });
  await scene.phone('alice', { answer: 10 });
  const contactCenter = await scene.contactCenter({ answer: 10 });
  const order = { contact_center: DOMAIN, reason: 'an upgrade', by: 'ops@example.com' };
  const overrides = async () => (await scene.api<{ overrides: unknown[] }>('GET', '/v1/overrides')).overrides;

  await scene.api('POST', '/v1/overrides', { ...order, kind: 'bypass', expires_in_seconds: 3 });
  t.equal((await scene.call('sales')).answeredBy, 'alice');
  t.equal(contactCenter.count('received', 'INVITE'), 0);
  await until('its end', async () => (await overrides()).length === 0);
  t.equal((await scene.call('sales')).answeredBy, 'contact-center');

  await until('its end in the history', async () => (await changesOf(scene, 'override')).length === 2);

  await t.test('one that is withdrawn ends at once', async (t) => {
    const { id } = await scene.api<{ id: string }>('POST', '/v1/overrides', {
      ...order,
      kind: 'drain',
      location: `sip:127.0.0.1:${scene.locationPorts[0]}`,
      expires_in_seconds: 600,
    });
    t.equal((await scene.call('sales')).answeredBy, 'alice');
    await scene.api('DELETE', `/v1/overrides/${id}`);
    t.equal((await scene.call('sales')).answeredBy, 'contact-center');
  });

  await t.test('all of it is in the history', async (t) => {
    const changes = await changesOf(scene, 'override');
    t.match(changes, [
      { by: 'ops@example.com', reason: 'an upgrade', before: null },
      { by: 'understudy', reason: 'expired', after: null },
      { by: 'ops@example.com', reason: 'an upgrade', before: null },
      { by: 'from 127.0.0.1', reason: 'withdrawn', after: null },
    ]);
  });
  t.same(scene.registrar.warnings(), []);
});
