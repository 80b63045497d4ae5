import type { FastifyInstance } from 'fastify';
import type { Directory } from '../directory/directory.js';
import type { Agents } from '../live/agents.js';
import type { Healths } from '../live/healths.js';
import type { Overrides } from '../live/overrides.js';
import { agentRoutes } from './agents.route.js';
import type { BypassClock } from './bypass-clock.js';
import { type FreeAgentDeps, freeAgentRoute } from './free-agent.route.js';
import type { OverrideOrders } from './override-orders.js';
import { overrideRoutes } from './overrides.route.js';
import { pauseRoutes } from './pause.route.js';
import { type PlaceRoutesDeps, placeRoutes } from './places.route.js';

export interface HealthDeps extends PlaceRoutesDeps, Omit<FreeAgentDeps, 'agents'> {
  readonly directory: Directory;
  readonly healths: Healths;
  readonly overrides: Overrides;
  readonly orders: OverrideOrders;
  readonly bypass: BypassClock;
  readonly agents: Pick<Agents, 'of' | 'callOf' | 'callsOf'>;
  readonly clock: () => number;
}

const EVERY_MS = 1_000;

/** Is the contact center up, what have operators ordered, and who is in bypass for it? */
export function healthJourney(app: FastifyInstance, deps: HealthDeps): void {
  const { directory, healths, orders, bypass, clock } = deps;
  placeRoutes(app, deps);
  overrideRoutes(app, deps);
  agentRoutes(app, deps);
  pauseRoutes(app, deps);
  freeAgentRoute(app, deps);

  healths.follow((center, now) => bypass.lookAt(center, now));
  orders.follow((domain, now) => {
    const center = directory.contactCenter(domain);
    if (center) bypass.lookAt(center, now);
  });
  let timer: NodeJS.Timeout | undefined;
  app.addHook('onReady', async () => {
    timer = setInterval(() => {
      const now = clock();
      healths.tick(now);
      orders.tick(now);
      bypass.look(now);
    }, EVERY_MS).unref();
  });
  app.addHook('onClose', async () => {
    clearInterval(timer);
    await orders.close();
  });
}
