import type { Scene } from '../support/scene.js';
import { until } from '../support/until.js';

/** One call of the story and how it ended. */
export interface Act {
  readonly call: number;
  readonly answeredBy: string;
  readonly expected: string;
  /** From the caller's INVITE to the answer. */
  readonly ms: number;
  readonly why: string;
}

interface LocationHealth {
  readonly state: string;
  readonly because: string;
  readonly probes: readonly { readonly state: string }[];
}

interface Health {
  readonly locations: readonly LocationHealth[];
}

interface Decision {
  readonly targets: readonly { position: number; because: string; role: string }[];
  readonly outcomes: readonly { target: number; event: string; status: number | null }[];
}

/** Plays the main job on a scene with an edge: seven calls to `sip:sales@…`, told line by line. */
export async function story(scene: Scene, tell: (line: string) => void): Promise<Act[]> {
  const acts: Act[] = [];
  const call = async (title: string, expected: string) => {
    tell(`\n${acts.length + 1}. ${title}`);
    const started = Date.now();
    const { status, answeredBy, ms } = await scene.call('sales');
    const who = answeredBy ?? `nobody (${status})`;
    const why = await reason(scene, new Date(started));
    tell(`   answered by ${who} after ${ms} ms: ${why}`);
    acts.push({ call: acts.length + 1, answeredBy: who, expected, ms, why });
  };

  let contactCenter = await scene.contactCenter({ answer: 20 });
  await scene.treatment({ answer: 20 });
  const alice = await scene.phone('alice', { answer: 20 });
  const bob = await scene.phone('bob', { answer: 20 });
  const carol = await scene.phone('carol', { answer: 20 });
  const phones = [alice, bob, carol];
  const held = await scene.heldWhen('sales', (bindings) => bindings.length === 5);
  tell(
    '\nThe phones of alice, bob and carol have registered through the edge. The registrar holds, for sip:sales@cc.example.com:',
  );
  for (const { contact, q } of held) tell(`   q=${q.toFixed(3)}  ${contact}`);

  await call('All is well. A caller calls sales.', 'contact-center');

  // One that has never answered a probe isn't judged by probes.
  await whenContactCenter(scene, 'answers probes', ({ probes }) =>
    probes.some(({ state }) => state === 'up'),
  );
  await contactCenter.kill();
  await call(
    'The contact center has been killed. The first caller after that finds out for all others …',
    'alice',
  );

  tell(`\n   ${await whenContactCenterIs(scene, 'down')}`);
  await call('… who lose nothing: the contact center is in bypass.', 'alice');

  await alice.takesCalls({ refuse: 486 });
  await call('Alice is busy now.', 'bob');

  for (const phone of phones) await phone.unregister();
  await call('All agents have gone.', 'hold-music');

  await alice.takesCalls({ answer: 20 });
  for (const phone of phones) await phone.register();
  await scene.heldWhen('sales', (bindings) => bindings.length === 5);
  await scene.understudy.kill9();
  await call('The agents are back, and Understudy itself has been killed.', 'alice');

  await scene.startUnderstudyAgain();
  await whenContactCenterIs(scene, 'down');
  contactCenter = await scene.contactCenter({ answer: 20 });
  tell(`\n   ${await whenContactCenterIs(scene, 'returning')}`);
  tell(`   ${await whenContactCenterIs(scene, 'up')}`);
  await call(
    'Understudy and the contact center are back, and it has been well for long enough.',
    'contact-center',
  );
  return acts;
}

/** Waits until the service finds it so; what it says then. */
async function whenContactCenterIs(scene: Scene, state: string): Promise<string> {
  const { because } = await whenContactCenter(scene, `is ${state}`, (location) => location.state === state);
  return `GET /v1/health: the contact center is ${state}: ${because}`;
}

function whenContactCenter(
  scene: Scene,
  what: string,
  check: (location: LocationHealth) => boolean,
): Promise<LocationHealth> {
  return until(
    `the contact center ${what}`,
    async () => {
      const { contact_centers } = await scene.api<{ contact_centers: Health[] }>('GET', '/v1/health');
      const [location] = contact_centers[0]?.locations ?? [];
      if (!location || !check(location)) throw new Error(JSON.stringify(location));
      return location;
    },
    30_000,
  );
}

/** Why the last call went where it went, in the service's own words; without the service, in ours. */
async function reason(scene: Scene, since: Date): Promise<string> {
  if (!scene.understudyRuns) return "the registrar's own bindings, in the order of q";
  const address = encodeURIComponent('sip:sales@cc.example.com');
  const { decisions } = await scene.api<{ decisions: { id: string }[] }>(
    'GET',
    `/v1/decisions?address=${address}&since=${since.toISOString()}`,
  );
  const id = decisions[0]?.id;
  if (id === undefined) return 'no decision was recorded';
  const { targets, outcomes } = await scene.decisionWhen<Decision>(id, (decision) =>
    decision.outcomes.some((outcome) => outcome.event === 'answered'),
  );
  const failed = outcomes
    .filter((outcome) => outcome.event === 'failed')
    .map(({ target, status }) => `${targets[target]?.because} (failed with ${status})`);
  const answered = outcomes.find((outcome) => outcome.event === 'answered');
  return [...failed, targets[answered?.target ?? -1]?.because].join(', then ');
}
