import t from 'tap';
import { Scene } from '../../support/scene.js';

/** As many as one call can try, each with the longest URI that is taken. */
const AGENTS = 9;
const LONGEST_URI = 255;

const names = Array.from({ length: AGENTS }, (_, i) => `agent${i + 1}`);

// B3, invariant 1: the document of one call grows with its URIs and Paths, beyond the 8 KB that Kamailio prints by default.
t.test('many agents with long URIs behind an edge: each of them is tried', async (t) => {
  const agents = Object.fromEntries(names.map((name, i) => [name, { sales: i + 1 }]));
  const document = { skillsets: [{ name: 'sales', treatment: 'hold-music' }] };
  const scene = await Scene.open(t, { edge: true, agents, document });
  await scene.contactCenter({ refuse: 503 });
  await scene.treatment();
  const phones = await Promise.all(
    names.map(async (name) => {
      const phone = await scene.newPhone(name);
      const uri = `${phone.contact};device=`.padEnd(LONGEST_URI, 'x');
      t.equal((await phone.register({ contact: `Contact: <${uri}>;expires=300` })).status, 200);
      return phone.takesCalls({ refuse: 486 });
    }),
  );
  await scene.heldWhen('sales', (bindings) => bindings.length === AGENTS + 2);

  t.equal((await scene.call('sales')).answeredBy, 'hold-music');
  t.same(
    phones.map((phone) => phone.count('received', 'INVITE')),
    names.map(() => 1),
  );
  t.same(scene.registrar.warnings(), []);
  t.same(scene.edge?.warnings(), []);

  await t.test('without the service too', async (t) => {
    await scene.understudy.kill9();
    t.equal((await scene.call('sales')).answeredBy, 'hold-music');
    t.same(
      phones.map((phone) => phone.count('received', 'INVITE')),
      names.map(() => 2),
    );
  });
});
