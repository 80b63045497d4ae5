import t from 'tap';
import type { Decision } from '../../support/decision.js';
import { probed } from '../../support/health.js';
import { isPutLast } from '../../support/instances.js';
import { DOMAIN, Scene } from '../../support/scene.js';
import { until } from '../../support/until.js';

const SALES = encodeURIComponent(`sip:sales@${DOMAIN}`);

// What becomes of a call is told to an instance that lives, and so is the start of a node.
t.test('the first instance dies during a call: the second is told what became of it', async (t) => {
  const scene = await Scene.open(t, { standIn: true });
  await scene.contactCenter({ answer: 3_000 });
  const standIn = await scene.startStandIn();
  // so that nothing but the call has anything to tell
  await probed(scene);
  const answers = async <T>(path: string) => (await (await fetch(`${standIn.url}${path}`)).json()) as T;

  const call = scene.call('sales', { hold_ms: 100 });
  const { id } = await until('it to ring, by what is in Postgres', async () => {
    const { decisions } = await answers<{ decisions: Decision[] }>(`/v1/decisions?address=${SALES}`);
    return decisions.find(({ outcomes }) => outcomes.some(({ event }) => event === 'ringing'));
  });
  await scene.understudy.kill9();
  t.notOk(await isPutLast(scene.registrar, 1), 'the registrar knows nothing of it');

  t.equal((await call).answeredBy, 'contact-center');
  await until('the outcomes', async () => {
    const { outcomes } = await answers<Decision>(`/v1/decisions/${id}`);
    const events = outcomes.map(({ event }) => event);
    return events.includes('answered') && events.includes('ended');
  });
  t.ok(await isPutLast(scene.registrar, 1), 'who did not hear it is told last');
  t.notMatch(scene.registrar.log(), /outcome_(kept|not_taken)/);

  await scene.registrar.kill();
  await scene.registrar.startAgain();
  await scene.heldWhen('sales', (bindings) => bindings.length === 2);
});
