import type { Test } from 'tap';
import { inOrder } from './holds.js';
import { Kamailio } from './kamailio.js';
import { DOMAIN, type Scene } from './scene.js';
import { until } from './until.js';

/** Another registrar of the scene's service, `reg2`; it has no part in what phones and callers send. */
export async function secondRegistrar(t: Test, scene: Scene): Promise<Kamailio> {
  const kamailio = await Kamailio.start({
    role: 'registrar',
    node: 'reg2',
    understudyUrl: scene.understudy.url,
  });
  t.teardown(() => kamailio.stop());
  await scene.api('PUT', '/v1/nodes/reg2', { role: 'registrar', rpc_url: kamailio.rpcUrl });
  return kamailio;
}

/** Waits until every registrar holds exactly these for `user`'s address, as `contact q`; fails with the difference. */
export async function allHold(
  t: Test,
  registrars: readonly Kamailio[],
  user: string,
  expected: readonly string[],
  why = '',
) {
  for (const [i, registrar] of registrars.entries()) {
    let last: string[] = [];
    await until(`registrar ${i + 1}`, async () => {
      last = inOrder(await registrar.bindings(`sip:${user}@${DOMAIN}`));
      return JSON.stringify(last) === JSON.stringify(expected);
    }).catch(() => {});
    t.same(last, expected, `registrar ${i + 1}: ${user} ${why}`);
  }
}
