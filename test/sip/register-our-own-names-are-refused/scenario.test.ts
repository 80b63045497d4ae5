import t from 'tap';
import { probed } from '../../support/health.js';
import { Scene } from '../../support/scene.js';
import { call, callee, register } from '../../support/sipp.js';
import { until } from '../../support/until.js';

/** Names that the script uses for itself, as somebody may write them. */
const OURS = [
  'sip:retry@understudy.invalid',
  'sip:RETRY@Understudy.INVALID',
  'sip:anybody@understudy.invalid',
  'sip:anybody@sub.understudy.invalid',
  'sip:understudy@probe.invalid',
];

for (const edge of [false, true]) {
  t.test(`a stranger takes no call of ours by our own names ${edge ? 'through the edge' : ''}`, async (t) => {
    const scene = await Scene.open(t, {
      edge,
      health: true,
      kamailioEnv: { UNDERSTUDY_EDGE_SECRET: 'secret' },
    });
    const stranger = await callee({ answer: 10 }, 'stranger');
    t.teardown(() => stranger.kill());
    const contact = `Contact: <sip:stranger@127.0.0.1:${stranger.port}>;expires=300`;
    for (const target of [scene.registerTarget, scene.callTarget]) {
      for (const name of OURS) {
        t.equal((await register(target, name, { contact })).status, 403, `REGISTER ${name}`);
        t.equal((await call(target, name)).status, 403, `INVITE ${name}`);
      }
    }
    const bound = 'Contact: <sip:x@127.0.0.1:9>, <sip:retry@understudy.invalid:5060>;expires=300';
    t.equal((await scene.register('alice', { contact: bound })).status, 403, 'nor is a phone there');
    t.notMatch(JSON.stringify(await scene.registrar.rpc('ul.dump', ['brief'])), /invalid/i);

    const alice = await scene.phone('alice', { answer: 10 });
    const contactCenter = await scene.contactCenter({ scenario: 'rings-for-ever' });
    await probed(scene);
    const calling = scene.call('sales');
    await until('it to ring', () => contactCenter.count('sent', '180') === 1);
    await contactCenter.kill();
    t.equal((await calling).answeredBy, alice.agent);
    t.equal(stranger.count('received', 'INVITE'), 0);

    const refused = await (scene.edge ?? scene.registrar).rpc('htable.get', [
      'understudy_refused',
      'own_name',
    ]);
    t.match(refused, { item: { value: OURS.length * (edge ? 2 : 4) + 1 } }, 'counted');
    if (!edge) {
      const metric = /understudy_node_refused_total\{node="reg1",kind="own_name"\} (\d+)/;
      await until('the service to count it', async () => {
        const metrics = await (await fetch(`${scene.understudy.url}/metrics`)).text();
        return Number(metric.exec(metrics)?.[1]) === OURS.length * 4 + 1;
      });
    }
    const said = (scene.edge ?? scene.registrar)
      .log()
      .split('\n')
      .filter((line) => line.includes('kind=own_name'));
    t.ok(said.length >= 1 && said.length < 10, `said ${said.length} times`);
  });
}

// Whatever else may come to stand at the address of a retry.
t.test('the address of a retry is another one each time, and gone afterwards', async (t) => {
  const scene = await Scene.open(t, { health: true });
  await scene.phone('alice', { answer: 10 });
  const contactCenter = await scene.contactCenter({ scenario: 'rings-for-ever' });
  await probed(scene);
  const calling = scene.call('sales');
  await until('it to ring', () => contactCenter.count('sent', '180') === 1);
  await contactCenter.kill();
  t.equal((await calling).status, 200);
  t.notMatch(JSON.stringify(await scene.registrar.rpc('ul.dump', ['brief'])), /invalid/i);
});
