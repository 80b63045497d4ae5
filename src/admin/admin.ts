import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import type { Directory } from '../directory/directory.js';
import type { Registrars } from '../kamailio/registrars.js';
import type { Changes } from '../live/change.js';
import type { LiveCalls } from '../live/live-calls.js';
import type { AgentCredentials } from './agent-credentials.js';
import { bindingRoutes } from './bindings.route.js';
import { completeAgent, completeSkillset, completeTreatment } from './complete-contact-center.js';
import {
  AgentBody,
  AgentDocument,
  SkillsetBody,
  SkillsetDocument,
  TreatmentBody,
  TreatmentDocument,
} from './contact-center.schema.js';
import type { ContactCenters } from './contact-centers.js';
import { contactCenterRoutes } from './contact-centers.route.js';
import { credentialRoutes } from './credentials.route.js';
import { locationRoutes } from './locations.route.js';
import { type DifferenceDeps, differenceRoutes } from './node-differences.route.js';
import type { Nodes } from './nodes.js';
import { nodeRoutes } from './nodes.route.js';
import { partRoutes } from './parts.route.js';
import { skillRoutes } from './skills.route.js';

export interface AdminDeps {
  readonly centers: ContactCenters;
  readonly nodes: Nodes;
  readonly credentials: AgentCredentials;
  readonly pool: pg.Pool;
  readonly directory: Directory;
  readonly registrars: Pick<Registrars, 'changed' | 'started'>;
  readonly reviewed: DifferenceDeps['reviewed'];
  readonly calls: Pick<LiveCalls, 'forget'>;
  readonly changes: Changes;
  readonly clock: () => number;
}

/** What people and programs provision, and what has become of it. */
export function adminJourney(app: FastifyInstance, deps: AdminDeps): void {
  // Who wonders since when something is as it is finds it in the log.
  app.addHook('onResponse', async ({ method, url, log }, { statusCode }) => {
    if ((method === 'PUT' || method === 'DELETE') && statusCode < 300) {
      log.info({ method, path: url, status: statusCode }, 'provisioned');
    }
  });

  const { centers, nodes } = deps;
  contactCenterRoutes(app, centers);
  locationRoutes(app, centers);
  partRoutes(app, centers, {
    list: 'skillsets',
    word: 'skillset',
    document: SkillsetDocument,
    body: SkillsetBody,
    complete: completeSkillset,
  });
  partRoutes(app, centers, {
    list: 'treatments',
    word: 'treatment',
    document: TreatmentDocument,
    body: TreatmentBody,
    complete: completeTreatment,
  });
  partRoutes(app, centers, {
    list: 'agents',
    word: 'agent',
    document: AgentDocument,
    body: AgentBody,
    complete: completeAgent,
  });
  skillRoutes(app, centers);
  credentialRoutes(app, deps);
  nodeRoutes(app, nodes);
  differenceRoutes(app, deps);
  bindingRoutes(app, deps.directory, deps.clock);
}
