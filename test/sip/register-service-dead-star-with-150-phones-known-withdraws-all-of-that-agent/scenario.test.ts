import t from 'tap';
import { RegisterSocket } from '../../support/register-socket.js';
import { DOMAIN, Scene } from '../../support/scene.js';

const AGENTS = Array.from({ length: 30 }, (_, i) => `agent${i}`);
const PHONES = ['desk', 'mobile', 'home', 'tablet', 'lobby'];

// Invariant 3, however many phones are known: each agent's own are found, and no loop is cut short.
t.test('30 agents with 5 phones each, all of whom leave while the service is dead', async (t) => {
  const agents = Object.fromEntries(AGENTS.map((name) => [name, { sales: 1 }]));
  const scene = await Scene.open(t, { agents, kamailioEnv: { GUARD_REGISTERS_IN_5_SECONDS: '10000' } });
  const socket = await RegisterSocket.open(t, scene.registerTarget);
  for (const agent of AGENTS) {
    for (const phone of PHONES) t.equal((await socket.phone(agent, phone)).status, 200);
  }
  await scene.heldWhen('agent29', (held) => held.length === 1 + PHONES.length);
  await scene.understudy.kill9();

  for (const agent of AGENTS) t.equal((await socket.star(agent)).status, 200);

  for (const agent of AGENTS) await scene.heldWhen(agent, (held) => held.length === 1);
  const sales = await scene.heldWhen('sales', (held) => held.length === 2);
  t.notMatch(JSON.stringify(sales), 'agent');
  t.same(
    scene.registrar.warnings().filter((line) => !/understudy=|http_async_client/.test(line)),
    [],
    DOMAIN,
  );
});
