import type { Test } from 'tap';
import type { HeldBinding } from './kamailio.js';
import type { Scene } from './scene.js';
import { until } from './until.js';

/** Waits until the registrar holds exactly these for `user`'s address, as `contact q`, highest first; fails with the difference. */
export async function holds(t: Test, scene: Scene, user: string, expected: readonly string[], why = '') {
  let last: string[] = [];
  await until(`the bindings of ${user}`, async () => {
    last = inOrder(await scene.held(user));
    return JSON.stringify(last) === JSON.stringify(expected);
  }).catch(() => {});
  t.same(last, expected, `${user} ${why}`);
}

export function inOrder(bindings: readonly HeldBinding[]): string[] {
  return bindings.map(({ contact, q }) => `${contact} ${q}`);
}

/** What calls to `user` reach at the contact center, as `contact q`. */
export function atContactCenter(scene: Scene, user: string, location = 0): string {
  return `sip:${user}@127.0.0.1:${scene.locationPorts[location]} ${(1000 - location) / 1000}`;
}

/** The treatment, as `contact q`. */
export function music(scene: Scene): string {
  return `sip:moh@127.0.0.1:${scene.treatmentPort} 0.01`;
}

/** The bindings of one phone among those of an address. */
export function ofPhone(
  bindings: readonly HeldBinding[],
  { contact }: { readonly contact: string },
): HeldBinding[] {
  return bindings.filter((binding) => binding.contact === contact);
}
