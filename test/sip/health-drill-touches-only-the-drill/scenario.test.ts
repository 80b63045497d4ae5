import t, { type Test } from 'tap';
import { healthOf } from '../../support/health.js';
import { DOMAIN, Scene } from '../../support/scene.js';
import type { CallResult } from '../../support/sipp.js';

// A rehearsal: some calls go as if the contact center were down, while everybody else's go as always.
t.test('a drill touches no other calls', async (t) => {
  const scene = await Scene.open(t, { health: true, document: { drill_sources: ['127.0.0.1'] } });
  await scene.phone('alice', { answer: 10 });
  await scene.contactCenter({ answer: 10 });
  const order = { contact_center: DOMAIN, kind: 'drill', reason: 'a rehearsal', by: 'ops@example.com' };
  type Decision = { id: string; call_id: string; drill: boolean };
  const isDrill = async ({ callId }: CallResult) => {
    const { decisions } = await scene.api<{ decisions: Decision[] }>('GET', '/v1/decisions');
    return decisions.find(({ call_id }) => call_id === callId)?.drill;
  };
  const goesAsAlways = async (t: Test, user: string) => {
    const call = await scene.call(user);
    t.equal(call.answeredBy, 'contact-center');
    t.equal(await isDrill(call), false);
  };

  await t.test('of the calls to one address', async (t) => {
    const address = `sip:support@${DOMAIN}`;
    const drill = { ...order, address, expires_in_seconds: 600 };
    const { id } = await scene.api<{ id: string }>('POST', '/v1/overrides', drill);
    const call = await scene.call('support');
    t.equal(call.answeredBy, 'alice');
    t.equal(await isDrill(call), true, 'marked in the history');
    await goesAsAlways(t, 'sales');
    t.equal((await healthOf(scene)).bypass, false, 'it is no bypass');
    await scene.api('DELETE', `/v1/overrides/${id}`);
    await goesAsAlways(t, 'support');
  });

  await t.test('of the calls of one caller', async (t) => {
    const drill = { ...order, expires_in_seconds: 600 };
    const other = { ...drill, caller: 'sip:somebody@carrier.example.net' };
    const first = await scene.api<{ id: string }>('POST', '/v1/overrides', other);
    await goesAsAlways(t, 'sales');
    const own = { ...drill, caller: 'sip:caller@carrier.example.net' };
    const second = await scene.api<{ id: string }>('POST', '/v1/overrides', own);
    t.equal((await scene.call('sales')).answeredBy, 'alice');
    for (const { id } of [first, second]) await scene.api('DELETE', `/v1/overrides/${id}`);
  });

  await t.test('of a call that asks for it, from where it may', async (t) => {
    const call = await scene.call('sales', { extra: 'X-Understudy-Drill: yes' });
    t.equal(call.answeredBy, 'alice');
    t.equal(await isDrill(call), true);
    await goesAsAlways(t, 'sales');
    const current = await scene.api<Record<string, unknown>>('GET', `/v1/contact-centers/${DOMAIN}`);
    await scene.api('PUT', `/v1/contact-centers/${DOMAIN}`, { ...current, drill_sources: [] });
    const refused = await scene.call('sales', { extra: 'X-Understudy-Drill: yes' });
    t.equal(refused.answeredBy, 'contact-center', 'not from elsewhere');
  });
  t.same(scene.registrar.warnings(), []);
});
