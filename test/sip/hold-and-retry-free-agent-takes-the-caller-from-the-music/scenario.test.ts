import t from 'tap';
import { decisionOn } from '../../support/decision.js';
import { Scene } from '../../support/scene.js';
import { header } from '../../support/sipp.js';
import { until } from '../../support/until.js';

t.test('a call ends: its agent takes the caller who waits, from the music', async (t) => {
  const scene = await Scene.open(t, { holdSeconds: 30 });
  await scene.contactCenter({ refuse: 503 });
  const treatment = await scene.treatment({ hold: true });
  const bob = await (await scene.phone('bob')).takesCalls({ answer: 500 });

  const first = scene.call('sales', { hold_ms: 2_000 });
  await until('the first call to be answered', () => bob.count('received', 'ACK') === 1);
  const second = await scene.call('sales');
  t.equal((await first).answeredBy, 'bob');
  t.equal(second.status, 200);
  t.equal(second.answeredBy, 'bob');

  await decisionOn(scene, 'sales', second, [
    '0 failed 503',
    '1 ringing 183',
    '2 ringing 180',
    '2 answered 200',
    '2 ended',
  ]);
  const heard = second.messages.filter((m) => m.direction === 'received').map((m) => m.kind);
  t.same(heard, ['100', '183', '200', '200'], 'music until the agent answers, and no ringing');
  await until('the music to be told to stop', () => treatment.count('received', 'ACK') === 1);
  t.equal(treatment.count('received', 'CANCEL'), 1);
  const invite = bob.messages().filter((m) => m.kind === 'INVITE')[1];
  t.match(invite?.text, /^X-Understudy-Target: 0\r$/m);
  t.equal(header(invite, 'X-Understudy-Retry'), undefined);
  t.same(scene.registrar.warnings(), []);

  const command = async (body: object) => {
    const url = new URL('/understudy/retry', scene.registrar.rpcUrl);
    return (await fetch(url, { method: 'POST', body: JSON.stringify(body) })).status;
  };
  t.equal(await command({ transaction: '1:1' }), 400);
  t.equal(await command({ transaction: '1:1', token: 'x', document: {} }), 409, 'no such call');
});
