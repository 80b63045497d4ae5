import t from 'tap';
import { writeFileSync } from 'node:fs';
import { Sipp, listening, callee } from '../support/sipp.js';
import { freePort } from '../support/free-port.js';
import { Scene } from '../support/scene.js';
const N = 3000;
t.test('x', async (t) => {
  const names = Array.from({ length: 60 }, (_, i) => `a${i}`);
  const scene = await Scene.open(t, { edge: true, wire: true, agents: Object.fromEntries(names.map((n, i) => [n, { sales: i + 1 }])), document: { registers_agents: true } });
  await scene.callee({ scenario: '/tmp/E/twice.xml' }, 'cc', scene.locationPorts[0]!);
  const csv = `SEQUENTIAL\n${Array.from({ length: N }, (_, i) => `a${i % 60};${10000 + (i % 600)}`).join('\n')}\n`;
  writeFileSync('/tmp/E/phones.csv', csv);
  const mem = async () => { const m: any = await scene.edge!.rpc('core.shmmem'); return m.used ?? JSON.stringify(m); };
  for (const fault of ['none', 'none', 'very slow', 'none'] as const) {
    scene.wire.fault = fault;
    const before = await mem();
    const p = new Sipp({ scenario: new URL('./register-storm-shares-commits/phones.xml', import.meta.url).pathname, port: await freePort(), target: scene.registerTarget, keys: { domain: 'cc.example.com' }, args: ['-inf', '/tmp/E/phones.csv', '-m', String(N), '-r', '100', '-rp', '1000', '-timeout', '60s'] });
    const at = Date.now();
    console.error(fault, 'exit', await p.ended(), Date.now() - at, 'ms');
    await new Promise((r) => setTimeout(r, 12000));
    console.error('shm', before, await mem(), await scene.edge!.rpc('tm.stats'));
    const w = scene.edge!.warnings(); console.error(w.length, w.slice(-3), w.filter((l) => !/away|http_async/.test(l)).slice(0, 5));
    console.error((await scene.held('a1')).length, (await scene.held('sales')).length);
  }
});
