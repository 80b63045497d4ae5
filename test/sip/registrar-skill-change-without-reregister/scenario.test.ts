import t from 'tap';
import { freePort } from '../../support/free-port.js';
import { atContactCenter, music } from '../../support/holds.js';
import { DOMAIN, Scene } from '../../support/scene.js';
import { allHold, secondRegistrar } from '../../support/second-registrar.js';

const CENTER = `/v1/contact-centers/${DOMAIN}`;

// B1, B2, B6, B11: what is provisioned is what every registrar holds; no phone has to register again for it.
t.test('each kind of change reaches both registrars, and calls follow it', async (t) => {
  const scene = await Scene.open(t);
  const registrars = [scene.registrar, await secondRegistrar(t, scene)];
  const alice = await scene.phone('alice', { answer: 10 });
  const bob = await scene.phone('bob', { answer: 10 });
  await scene.contactCenter({ refuse: 503 });
  const [center, last] = [atContactCenter(scene, 'sales'), music(scene)];
  const holds = (user: string, expected: readonly string[], why: string) =>
    allHold(t, registrars, user, expected, why);
  await holds('sales', [center, `${alice.contact} 0.899`, `${bob.contact} 0.889`, last], 'at first');

  await t.test('a level is changed', async (t) => {
    await scene.api('PUT', `${CENTER}/agents/alice/skills/sales`, { level: 4 });
    const changed = Date.now();
    await holds('sales', [center, `${bob.contact} 0.899`, `${alice.contact} 0.879`, last], 'bob goes first');
    t.ok(Date.now() - changed < 10_000, `${Date.now() - changed} ms, usually some hundredths of a second`);
    t.equal((await scene.call('sales')).answeredBy, 'bob');
  });

  await t.test('a skill is added, and removed', async () => {
    await scene.api('PUT', `${CENTER}/agents/bob/skills/support`, { level: 1 });
    const both = [`${bob.contact} 0.899`, `${alice.contact} 0.889`, last];
    await holds('support', [atContactCenter(scene, 'support'), ...both], 'bob has learned it');
    await scene.api('DELETE', `${CENTER}/agents/alice/skills/support`);
    const one = [`${bob.contact} 0.899`, last];
    await holds('support', [atContactCenter(scene, 'support'), ...one], 'alice does it no more');
    await scene.api('DELETE', `${CENTER}/agents/alice/skills/sales`);
    await holds('sales', [center, `${bob.contact} 0.899`, last], 'nor sales');
  });

  await t.test('a skillset takes another name', async () => {
    const document = await scene.api<{ skillsets: { name: string }[]; agents: { skills: object }[] }>(
      'GET',
      CENTER,
    );
    const renamed = JSON.stringify(document).replaceAll('"support"', '"help"');
    await scene.api('PUT', CENTER, JSON.parse(renamed));
    await holds('help', [atContactCenter(scene, 'help'), `${bob.contact} 0.899`, last], 'new');
    await holds('support', [], 'gone');
  });

  await t.test('the treatment moves', async () => {
    const uri = `sip:moh@127.0.0.1:${await freePort()}`;
    await scene.api('PUT', `${CENTER}/treatments/hold-music`, { kind: 'music_on_hold', uri });
    await holds('sales', [center, `${bob.contact} 0.899`, `${uri} 0.01`], 'with the new one');
    await holds('hold-music', [atContactCenter(scene, 'hold-music'), `${uri} 0.01`], 'its own address');
    const back = last.replace(/ .*$/, '');
    await scene.api('PUT', `${CENTER}/treatments/hold-music`, { kind: 'music_on_hold', uri: back });
    await holds('sales', [center, `${bob.contact} 0.899`, last], 'and back');
  });

  await t.test('a location is added, goes first, and is removed', async () => {
    const first = `sip:127.0.0.1:${scene.locationPorts[0]}`;
    const other = `127.0.0.1:${await freePort()}`;
    const locations = (...uris: string[]) =>
      scene.api('PUT', `${CENTER}/locations`, {
        locations: uris.map((uri, i) => ({ uri, priority: i + 1 })),
      });
    const agents = [`${bob.contact} 0.899`, last];
    await locations(first, `sip:${other}`);
    await holds('sales', [center, `sip:sales@${other} 0.999`, ...agents], 'two');
    await holds(
      'bob',
      [atContactCenter(scene, 'bob'), `sip:bob@${other} 0.999`, `${bob.contact} 0.5`],
      'as well',
    );
    await locations(`sip:${other}`, first);
    await holds(
      'sales',
      [`sip:sales@${other} 1`, center.replace(' 1', ' 0.999'), ...agents],
      'the other way round',
    );
    await locations(first);
    await holds('sales', [center, ...agents], 'one');
  });

  await t.test('an agent has a fixed contact', async () => {
    const contacts = [{ uri: 'sip:+14155550100@192.0.2.40', when: 'always' }];
    await scene.api('PUT', `${CENTER}/agents/bob`, { skills: { sales: 1 }, contacts });
    const held = await scene.heldWhen('sales', (all) =>
      all.some(({ contact }) => contact === contacts[0]?.uri),
    );
    await holds(
      'sales',
      held.map(({ contact, q }) => `${contact} ${q}`),
      'both have it',
    );
    await scene.api('PUT', `${CENTER}/agents/bob`, { skills: { sales: 1 }, contacts: [] });
    await holds('sales', [center, `${bob.contact} 0.899`, last], 'and not any more');
  });

  await t.test('an agent is removed', async () => {
    await scene.api('DELETE', `${CENTER}/agents/bob`);
    await holds('sales', [center, last], 'nobody is left');
    await holds('bob', [], 'no address any more');
    await holds('alice', [atContactCenter(scene, 'alice'), `${alice.contact} 0.5`], 'as she was');
  });
  for (const registrar of registrars) t.same(registrar.warnings(), []);
});
