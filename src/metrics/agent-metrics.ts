import type { Registry } from 'prom-client';
import type { ContactCenter } from '../directory/contact-center.js';
import { type AgentsAtWorkDeps, agentsAtWork, DOING, REGISTERED } from './agents-at-work.js';
import { oneLook } from './one-look.js';
import { sampledGauge } from './sampled.js';

export interface AgentMetricsDeps extends AgentsAtWorkDeps {
  readonly directory: AgentsAtWorkDeps['directory'] & { contactCenters(): readonly ContactCenter[] };
  readonly holds: {
    onHold(now: number): readonly { readonly domain: string; readonly since: number }[];
  };
  readonly clock: () => number;
}

/** Who could take a call, and who waits for that. */
export function agentMetrics(registry: Registry, deps: AgentMetricsDeps): void {
  const { directory, holds, clock } = deps;
  const atWork = oneLook(() => {
    const now = clock();
    return directory
      .contactCenters()
      .map((center) => ({ contact_center: center.domain, ...agentsAtWork(deps, center, now) }));
  });
  sampledGauge(registry, {
    name: 'understudy_agents',
    help: 'Agents by what they do; free: could be called; unregistered: provisioned, but without any phone.',
    labels: ['contact_center', 'activity'],
    samples: () =>
      atWork().flatMap(({ contact_center, agents }) =>
        DOING.map((activity) => [{ contact_center, activity }, agents[activity]] as const),
      ),
  });
  sampledGauge(registry, {
    name: 'understudy_endpoints',
    help: "Agents' phones: registered, registered on the contact center's behalf, or held past their expiry in bypass.",
    labels: ['contact_center', 'state'],
    samples: () =>
      atWork().flatMap(({ contact_center, endpoints }) =>
        REGISTERED.map((state) => [{ contact_center, state }, endpoints[state]] as const),
      ),
  });

  const waiting = oneLook(() => {
    const now = clock();
    const callers = holds.onHold(now);
    return directory.contactCenters().map(({ domain: contact_center }) => {
      const since = callers.flatMap((one) => (one.domain === contact_center ? [one.since] : []));
      const longest = since.reduce((most, one) => Math.max(most, now - one), 0);
      return { labels: { contact_center }, count: since.length, longest };
    });
  });
  sampledGauge(registry, {
    name: 'understudy_callers_on_hold',
    help: 'Callers who hear the music and return to the agents when one is free.',
    labels: ['contact_center'],
    samples: () => waiting().map(({ labels, count }) => [labels, count] as const),
  });
  sampledGauge(registry, {
    name: 'understudy_longest_hold_seconds',
    help: 'For how long the caller who has waited longest has been on hold; 0: nobody is.',
    labels: ['contact_center'],
    samples: () => waiting().map(({ labels, longest }) => [labels, longest / 1_000] as const),
  });
}
