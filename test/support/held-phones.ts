import type { Phone, Scene } from './scene.js';
import { DOMAIN } from './scene.js';
import { listening, Sipp } from './sipp.js';
import { until } from './until.js';

/** Phones are granted what they ask for. */
export const SHORT = { expiry: { min_seconds: 1 } };
export const EXPIRES = 6;

export interface Listed {
  readonly agent: string | null;
  readonly contact: string;
  readonly path: string | null;
  readonly received: string | null;
  readonly expires: number | null;
  readonly held_since: string | null;
  readonly because: string;
}

/** A phone that takes calls and answers OPTIONS. */
export async function takesCallsAndOptions({ agent, port }: Phone): Promise<Sipp> {
  return listening(new Sipp({ scenario: 'answer', port, keys: { name: agent }, args: ['-d', '10', '-aa'] }));
}

/** From now on calls go to the agents first. */
export async function orderBypass(scene: Scene): Promise<string> {
  const { id } = await scene.api<{ id: string }>('POST', '/v1/overrides', {
    contact_center: DOMAIN,
    kind: 'bypass',
    reason: 'the contact center has died',
    by: 'the test',
    expires_in_seconds: 3_600,
  });
  return id;
}

/** The agents' bindings of an address, by agent. */
export async function listed(scene: Scene, user: string): Promise<Map<string | null, Listed>> {
  const { bindings } = await scene.api<{ bindings: Listed[] }>(
    'GET',
    `/v1/bindings?address=sip:${user}@${DOMAIN}`,
  );
  return new Map(bindings.filter(({ agent }) => agent !== null).map((binding) => [binding.agent, binding]));
}

/** The agent's binding, when it is held past its expiry. */
export function heldBinding(scene: Scene, agent: string): Promise<Listed> {
  return until(
    `${agent} to be held`,
    async () => {
      const binding = (await listed(scene, agent)).get(agent);
      return binding?.held_since ? binding : undefined;
    },
    20_000,
  );
}
