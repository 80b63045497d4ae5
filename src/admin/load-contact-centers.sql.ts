import type pg from 'pg';
import { type ContactCenter, HEALTH, POLICY } from '../directory/contact-center.js';
import { inSlices } from '../http/slices.js';
import { read } from '../store/read.js';
import { translateError } from '../store/translate-error.js';
import { canonical } from './canonical.js';
import type { Policy } from './policy.js';

/** All of them or the one, out of one statement: so no part is missing that a change was just moving. */
export async function loadContactCenters(
  pool: pg.Pool,
  domain: string | null = null,
): Promise<ContactCenter[]> {
  const { rows } = await read<Row>(pool, queryOf(domain)).catch(translateError);
  return Promise.all(rows.map(contactCenterOf));
}

/** The one, as a transaction sees it. */
export async function loadContactCenter(
  client: pg.ClientBase,
  domain: string,
): Promise<ContactCenter | undefined> {
  const { rows } = await client.query<Row>(queryOf(domain));
  return rows[0] && contactCenterOf(rows[0]);
}

function queryOf(domain: string | null): pg.QueryConfig {
  return { name: 'load-contact-centers', text: TEXT, values: [domain] };
}

function contactCenterOf({ policy, ...center }: Row): Promise<ContactCenter> {
  return inSlices(canonical({ ...center, ...POLICY, ...policy, health: { ...HEALTH, ...policy.health } }));
}

/** A contact center that was saved before there was some setting doesn't say it. */
interface Row extends Omit<ContactCenter, keyof Policy> {
  readonly policy: Partial<Omit<Policy, 'health'>> & { readonly health?: Partial<Policy['health']> };
}

const TEXT = `
  SELECT c.domain, c.mode, c.headers, c.policy,
    json_build_object('min_seconds', c.expiry_min_seconds, 'default_seconds', c.expiry_default_seconds,
      'max_seconds', c.expiry_max_seconds) AS expiry,
    json_build_object('contact_center', c.failover_on_contact_center, 'agent', c.failover_on_agent,
      'treatment', c.failover_on_treatment) AS failover_on,
    coalesce((SELECT json_agg(l) FROM locations AS l WHERE l.domain = c.domain), '[]') AS locations,
    coalesce((SELECT json_agg(t) FROM treatments AS t WHERE t.domain = c.domain), '[]') AS treatments,
    coalesce((
      SELECT json_agg(json_build_object('name', s.name, 'treatment', s.treatment, 'ring_seconds', s.ring_seconds,
        'order', s.call_order, 'group_size', s.group_size))
      FROM skillsets AS s WHERE s.domain = c.domain), '[]') AS skillsets,
    coalesce((
      SELECT json_agg(json_build_object('name', a.name, 'skills', coalesce(skills.levels, '{}'), 'weight', a.weight,
        'contacts', a.contacts))
      FROM agents AS a
      LEFT JOIN (
        SELECT agent, json_object_agg(skillset, level) AS levels FROM skills WHERE domain = c.domain GROUP BY agent
      ) AS skills ON skills.agent = a.name
      WHERE a.domain = c.domain), '[]') AS agents
  FROM contact_centers AS c
  WHERE $1::text IS NULL OR c.domain = $1::text
  ORDER BY c.domain`;
