import t from 'tap';
import { decisionOn } from '../../support/decision.js';
import { Scene } from '../../support/scene.js';

const REGISTRAR = new URL('./short-lived.cfg', import.meta.url).pathname;

t.test('the music ends after hold_seconds, however short tm lets other calls live, with a 480', async (t) => {
  const scene = await Scene.open(t, {
    holdSeconds: 10,
    registrarConfig: REGISTRAR,
    document: { put_last_seconds: 60 },
  });
  await scene.contactCenter({ refuse: 503 });
  await scene.treatment({ hold: true });
  await scene.phone('alice', { refuse: 486 });
  const call = await scene.call('sales');
  t.equal(call.status, 480, 'not the 486 of an agent: everybody was waited for');
  t.ok(call.ms >= 9_900, `after ${call.ms} ms`);
  await decisionOn(scene, 'sales', call, ['0 failed 503', '1 failed 486', '2 ringing 183', '2 failed 408']);
  t.same(scene.registrar.warnings(), []);
});
