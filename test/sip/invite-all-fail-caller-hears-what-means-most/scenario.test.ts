import t from 'tap';
import { DOMAIN, Scene, type SceneOptions } from '../../support/scene.js';

type Behaviour = Parameters<Scene['callee']>[0];

interface Case {
  readonly title: string;
  readonly contactCenter?: Behaviour;
  readonly alice?: Behaviour;
  readonly bob?: Behaviour;
  readonly treatment?: Behaviour;
  readonly status: number;
}

const FAILS = { refuse: 503 };
const BUSY = { refuse: 486 };
/** So long a contact center or a treatment may be silent here. */
const SILENCE_MS = 500;

// B3: none is left. Carriers try again and again on 5xx, so a human word (486, 603, 480) goes before a machine's failure.
const CASES: readonly Case[] = [
  { title: 'only silence', status: 408 },
  { title: 'nobody reached', contactCenter: FAILS, treatment: FAILS, status: 500 },
  { title: 'an agent busy', contactCenter: FAILS, alice: BUSY, treatment: FAILS, status: 486 },
  { title: 'an agent busy, then silence', contactCenter: FAILS, alice: BUSY, status: 486 },
  {
    title: 'an agent declined',
    contactCenter: FAILS,
    alice: { refuse: 603 },
    bob: FAILS,
    treatment: FAILS,
    status: 603,
  },
  {
    title: 'an agent declined, another is busy',
    contactCenter: FAILS,
    alice: { refuse: 603 },
    bob: BUSY,
    treatment: FAILS,
    status: 486,
  },
  {
    title: 'an agent unavailable, another failed',
    contactCenter: FAILS,
    alice: FAILS,
    bob: { refuse: 480 },
    treatment: FAILS,
    status: 480,
  },
  {
    title: 'an agent let it ring',
    contactCenter: FAILS,
    alice: { ring: true },
    treatment: FAILS,
    status: 408,
  },
];

t.test('all fail: the caller gets the code that means most', async (t) => {
  const options: SceneOptions = { ringSeconds: 1 };
  const scene = await Scene.open(t, options);
  const { locations, treatments, ...parts } = scene.document(options);
  const document = {
    ...parts,
    locations: locations.map((location) => ({ ...location, fr_timer_ms: SILENCE_MS })),
    treatments: treatments.map((treatment) => ({ ...treatment, fr_timer_ms: SILENCE_MS })),
  };
  await scene.api('PUT', `/v1/contact-centers/${DOMAIN}`, document);
  const alice = await scene.newPhone('alice');
  const bob = await scene.newPhone('bob');

  const play = async ({ contactCenter, treatment, ...agents }: Case) => {
    const systems = [
      ...(contactCenter ? [await scene.contactCenter(contactCenter)] : []),
      ...(treatment ? [await scene.treatment(treatment)] : []),
    ];
    for (const [phone, behaviour] of [
      [alice, agents.alice],
      [bob, agents.bob],
    ] as const) {
      if (behaviour) await phone.takesCalls(behaviour);
      await (behaviour ? phone.register() : phone.unregister());
    }
    const { status } = await scene.call('sales');
    for (const system of systems) await system.kill();
    return status;
  };

  for (const one of CASES) {
    await t.test(`${one.title}: ${one.status}`, async (t) => {
      t.equal(await play(one), one.status);
    });
  }

  await t.test('an agent busy, and no treatment at all: 486', async (t) => {
    const skillsets = [{ name: 'sales', ring_seconds: 1 }];
    const agents = [{ name: 'alice', skills: { sales: 1 } }];
    await scene.api('PUT', `/v1/contact-centers/${DOMAIN}`, { ...document, skillsets, agents });
    await alice.unregister();
    await scene.heldWhen('sales', (bindings) => bindings.length === 1);
    t.equal(await play({ title: '', contactCenter: FAILS, alice: BUSY, status: 486 }), 486);
  });

  t.same(scene.registrar.warnings(), []);
});
