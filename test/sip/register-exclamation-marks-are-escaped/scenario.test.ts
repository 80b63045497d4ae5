import pg from 'pg';
import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import type { Kamailio } from '../../support/kamailio.js';
import { processes } from '../../support/kamailio-processes.js';
import { DOMAIN, Scene } from '../../support/scene.js';

/** What tm makes of one: it cuts the header off, or reads on where no header is any more, and crashes. */
const USER = 'a!l!!i!c!e';
const ESCAPED = 'a%21l%21%21i%21c%21e';
const DEVICE = '+sip.instance="<urn:x-test:a!b!c>";reg-id=1';

// Invariant 4: a URI may hold exclamation marks (RFC 3261 §25.1), and no Kamailio may fall over one.
for (const mode of ['proxy', 'b2bua'] as const) {
  t.test(`${mode}: exclamation marks in what a phone registers are escaped`, async (t) => {
    const scene = await Scene.open(t, { edge: true, mode });
    const kamailios = [scene.registrar, scene.edge as Kamailio];
    const before = await Promise.all(kamailios.map(processes));
    const phone = await scene.newPhone('alice');
    const at = `127.0.0.1:${phone.port};a=!;b!c=!d!!e`;
    const escaped = `${ESCAPED}@127.0.0.1:${phone.port};a=%21;b%21c=%21d%21%21e`;
    const sent = {
      contact: `Contact: <sip:${USER}@${at}>;${DEVICE};expires=300`,
      extra: 'Path: <sip:p!q!!r@192.0.2.77;lr;x=!y!z>',
    };
    const isBound = async (what: string) => {
      const bound = [`sip:${escaped} 0.899`];
      await holds(t, scene, 'sales', [atContactCenter(scene, 'sales'), ...bound, music(scene)], what);
      await holds(t, scene, 'support', [atContactCenter(scene, 'support'), ...bound, music(scene)], what);
      const [, held] = await scene.held('sales');
      t.match(held?.path, /,<sip:p%21q%21%21r@192\.0\.2\.77;lr;x=%21y%21z>$/);
      t.same(await Promise.all(kamailios.map(processes)), before, `${what}: no process has crashed`);
    };

    t.equal((await phone.register(sent)).status, 200);
    await isBound('as the service says');

    await scene.understudy.kill9();
    for (const user of ['sales', 'support'])
      await scene.registrar.rpc('ul.rm_contact', ['location', `${user}@${DOMAIN}`, `sip:${escaped}`]);
    t.equal((await phone.register(sent)).status, 200);
    await isBound('as the edge repeats it');

    await storeRaw(scene);
    await scene.registrar.kill();
    await scene.registrar.startAgain();
    before[0] = await processes(scene.registrar);
    await scene.startUnderstudyAgain();
    await isBound('as an earlier version had stored it');
  });
}

/** What a version has stored that didn't escape. */
async function storeRaw({ databaseUrl }: Scene) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const raw = (column: string) => `${column} = replace(${column}, '%21', '!')`;
  await client.query(`UPDATE endpoints SET ${['contact', 'path', 'instance'].map(raw).join(', ')}`);
  await client.end();
}
