import t from 'tap';
import { Kamailio } from '../../support/kamailio.js';
import { entriesOf } from '../../support/remembered.js';
import { type Ending, Scene } from '../../support/scene.js';
import { until } from '../../support/until.js';

const NOBODY = 'http://127.0.0.1:9';

async function started(t: Ending, agents: string | undefined, memoryMb = 64): Promise<Kamailio> {
  const env = agents === undefined ? {} : { UNDERSTUDY_AGENTS: agents };
  const kamailio = await Kamailio.start({
    role: 'registrar',
    node: 'reg1',
    understudyUrl: NOBODY,
    env,
    memoryMb,
  });
  t.teardown(() => kamailio.stop());
  return kamailio;
}

t.test('a node that is to have room for more agents than its memory holds says what it needs', async (t) => {
  const small = await started(t, '10000');
  const line = await until('what it says', () => /understudy=memory_too_little .*/.exec(small.log())?.[0]);
  const [, mb] = /agents=10000 .* start Kamailio with -m (\d+)/.exec(line) ?? [];
  t.ok(Number(mb) > 150 && Number(mb) < 300, line);

  const large = await started(t, '10000', Number(mb));
  const usual = await started(t, undefined);
  for (const kamailio of [large, usual]) {
    await until('it to have looked', async () => {
      const looked = (await kamailio.rpc('pv.shvGet', ['understudy_memory_said'])) as { value: number };
      return Number(looked.value) === 1;
    });
    t.notMatch(kamailio.log(), 'memory_too_little');
  }
});

t.test('when memory is short, calls and phones go on, and no new phone is remembered', async (t) => {
  const scene = await Scene.open(t, { memoryMb: 7, kamailioEnv: { UNDERSTUDY_AGENTS: '1' } });
  await until('it to be said', () => scene.registrar.log().includes('understudy=memory_short'));
  const alice = await scene.phone('alice', { answer: 10 });
  t.equal(await entriesOf(scene.registrar, 'understudy_last'), 0);
  t.equal((await scene.call('alice')).status, 200);
  t.equal((await alice.register()).status, 200);
  t.equal(scene.registrar.log().match(/understudy=memory_short/g)?.length, 1, 'said once');
});
