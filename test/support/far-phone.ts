import type { Test } from 'tap';
import type { HeldBinding } from './kamailio.js';
import type { Phone, Scene } from './scene.js';

const INSTANCE = '<urn:uuid:00000000-0000-1000-8000-000a95a0e128>';
const UNREACHABLE = 'sip:alice@10.0.0.7:5060';
/** Of a phone that can't be reached at it. */
export const FAR_CONTACT = `Contact: <${UNREACHABLE}>;+sip.instance="${INSTANCE}";reg-id=1;expires=300`;

/** Alice's phone behind NAT registers and takes calls; the contact center refuses them. */
export async function phoneBehindNat(t: Test, scene: Scene): Promise<Phone> {
  const phone = await scene.newPhone('alice');
  const sent = { contact: FAR_CONTACT, scenario: 'behind-nat', port: phone.port };
  t.equal((await phone.register(sent)).status, 200);
  await phone.takesCalls({ answer: 10 });
  await scene.contactCenter({ refuse: 503 });
  return phone;
}

/** Each binding of the far phone says how to reach it, and which device it is. */
export async function isHeldWith(t: Test, scene: Scene, way: Pick<HeldBinding, 'path' | 'received'>) {
  for (const user of ['alice', 'sales', 'support']) {
    const held = await scene.heldWhen(user, (all) => all.some(({ contact }) => contact === UNREACHABLE));
    const { path, received, instance } = held.find(({ contact }) => contact === UNREACHABLE) as HeldBinding;
    t.same({ path, received, instance }, { ...way, instance: INSTANCE }, user);
  }
  t.same(scene.registrar.warnings(), []);
  t.same(scene.edge?.warnings() ?? [], []);
}

/** A call gets there, with the service and without. */
export async function isReached(t: Test, scene: Scene) {
  t.equal((await scene.call('sales')).answeredBy, 'alice', 'by what the service says');
  await scene.understudy.kill9();
  t.equal((await scene.call('sales')).answeredBy, 'alice', "by the registrar's own bindings");
}
