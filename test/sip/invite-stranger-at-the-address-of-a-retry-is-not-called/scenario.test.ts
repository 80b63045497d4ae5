import t from 'tap';
import { changedScript } from '../../support/changed-script.js';
import { probed } from '../../support/health.js';
import { type Ending, Scene } from '../../support/scene.js';
import { callee } from '../../support/sipp.js';
import { until } from '../../support/until.js';

/** As if the address of a retry could be guessed after all. */
const KNOWN = {
  file: 'understudy/retry.cfg',
  from: '$var(retry) = $uuid(g) + "@understudy.invalid";',
  to: '$var(retry) = "known@understudy.invalid";',
};
const UNGUARDED = {
  file: 'understudy/retry.cfg',
  from: 'if ($ru != UNDERSTUDY_REGISTRAR || $du != $null) {',
  to: 'if ($var(retrying) == 3) {',
};

interface Decision {
  readonly id: string;
  readonly outcomes: readonly { readonly target: number; readonly event: string }[];
}

t.test('a stranger who is bound at the address of a retry is not called', async (t) => {
  const { scene, stranger, answeredBy } = await callWithStranger(t, [KNOWN]);
  t.equal(answeredBy, 'alice');
  t.equal(stranger.count('received', 'INVITE'), 0);
  t.match(await counted(scene, 'foreign_branch'), { item: { value: 1 } });
  t.strictSame(scene.registrar.warnings(), []);
});

t.test('if he were, the decision would show it', async (t) => {
  const { scene, answeredBy } = await callWithStranger(t, [KNOWN, UNGUARDED]);
  t.equal(answeredBy, 'stranger');
  const { decisions } = await scene.api<{ decisions: Decision[] }>('GET', '/v1/decisions');
  await scene.decisionWhen<Decision>(decisions[0]?.id ?? '', ({ outcomes }) =>
    outcomes.some(({ target, event }) => target === 255 && event === 'answered'),
  );
  t.match(await counted(scene, 'foreign_answer'), { item: { value: 1 } });
  t.match(scene.registrar.log(), /understudy=refused kind=foreign_answer/);
});

/** A contact center dies while it rings, and somebody has got himself bound at the address of its callers' retry. */
async function callWithStranger(t: Ending, changes: Parameters<typeof changedScript>[1]) {
  const scene = await Scene.open(t, { health: true, registrarConfig: await changedScript(t, changes) });
  await scene.phone('alice', { answer: 500 });
  const contactCenter = await scene.contactCenter({ scenario: 'rings-for-ever' });
  await probed(scene);
  const stranger = await callee({ answer: 10 }, 'stranger');
  t.teardown(() => stranger.kill());
  const contact = `sip:stranger@127.0.0.1:${stranger.port}`;
  const bound = ['location', 'known@understudy.invalid', contact, 60, 0.5, '.', 0, 0, 16_383];
  await scene.registrar.rpc('ul.add', bound);

  const call = scene.call('sales');
  await until('it to ring', () => contactCenter.count('sent', '180') === 1);
  await contactCenter.kill();
  return { scene, stranger, answeredBy: (await call).answeredBy };
}

function counted(scene: Scene, kind: string): Promise<unknown> {
  return scene.registrar.rpc('htable.get', ['understudy_refused', kind]);
}
