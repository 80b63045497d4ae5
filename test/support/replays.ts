import type { Test } from 'tap';
import { inOrder, ofPhone } from './holds.js';
import type { Phone, Scene } from './scene.js';

/** When a phone's binding ends at the registrar, in seconds since the epoch, by address. */
async function ends(scene: Scene, phone: Phone, users: readonly string[]): Promise<number[]> {
  const held = await Promise.all(users.map((user) => scene.held(user)));
  return held.map((bindings) => Date.now() / 1000 + Number(ofPhone(bindings, phone)[0]?.expires));
}

/** Waits until the phones' bindings have visibly grown older, so that a refresh can be told from none. */
export async function haveAged(scene: Scene, phones: readonly Phone[]) {
  for (const phone of phones) {
    await scene.heldWhen(phone.agent, (held) => Number(ofPhone(held, phone)[0]?.expires) <= 298);
  }
}

/** Refreshes a phone's registration that has aged: it gets its 200, and all its bindings live longer, where they were. */
export async function isRefreshed(t: Test, scene: Scene, phone: Phone, users: readonly string[]) {
  const before = await ends(scene, phone, users);
  const order = await Promise.all(users.map(async (user) => inOrder(await scene.held(user))));

  const { status, contacts } = await phone.register();

  t.equal(status, 200);
  t.ok(
    contacts.some((contact) => contact.includes(phone.contact)),
    `answered with ${contacts}`,
  );
  for (const [i, user] of users.entries()) {
    const longer = Number(before[i]) + 1;
    const end = (seconds: number | null | undefined) => Date.now() / 1000 + Number(seconds);
    const held = await scene.heldWhen(user, (all) => end(ofPhone(all, phone)[0]?.expires) >= longer);
    t.same(inOrder(held), order[i], `${user} as before`);
  }
}
