import t from 'tap';
import { GRANTED, RegisteringContactCenter } from '../../support/registering-contact-center.js';

// RFC 3261 §10.2.3: which bindings there are is told to whom the contact center knows, and by the contact center.
t.test('a REGISTER without Contact is answered by the contact center', async (t) => {
  const center = await RegisteringContactCenter.open(t);
  const { scene } = center;
  const location = await center.starts();
  const alice = await center.phone('alice');
  const asking = { contact: 'X-Nothing: here' };
  const stranger = await scene.newPhone('alice');

  t.equal((await stranger.register(asking)).status, 401);
  const { status, contacts } = await center.register(stranger, asking);

  t.equal(status, 200);
  t.match(contacts, [new RegExp(`^<${alice.contact}>;expires=\\d+$`)]);
  t.ok(Number(contacts[0]?.split('=')[1]) <= GRANTED);
  await location.kill();
  t.equal((await stranger.register(asking)).status, 200, 'while that is down, by the registrar');
  t.same(center.complaints, []);
});
