import {
  type Agent,
  type ContactCenter,
  EXPIRY,
  FAILOVER_ON,
  FR_TIMER_MS,
  GROUP_SIZE,
  ORDER,
  POLICY,
  RING_SECONDS,
  type Skillset,
  type Treatment,
  WEIGHT,
} from '../../src/directory/contact-center.js';
import type { Endpoint, Node } from '../../src/directory/endpoint.js';
import { endpointKey } from '../../src/directory/endpoint-key.js';

/** 2026-11-22 12:00 UTC, the moment at which tests of pure code take place. */
export const NOW = Date.UTC(2026, 10, 22, 12);
export const DOMAIN = 'cc.example.com';

/** A contact center with one location, hold music, sales (which ends in it) and support (which doesn't). */
export function contactCenter(part: Partial<ContactCenter> = {}): ContactCenter {
  return {
    domain: DOMAIN,
    mode: 'proxy',
    locations: [{ uri: 'sip:192.0.2.10:5060', priority: 1, fr_timer_ms: FR_TIMER_MS }],
    treatments: [treatment()],
    skillsets: [skillset('sales'), skillset('support', { treatment: null })],
    agents: [agent('alice', { sales: 1, support: 3 }), agent('bob', { sales: 2 })],
    expiry: EXPIRY,
    failover_on: FAILOVER_ON,
    headers: true,
    ...POLICY,
    ...part,
  };
}

export function treatment(part: Partial<Treatment> = {}): Treatment {
  return {
    name: 'hold-music',
    kind: 'music_on_hold',
    uri: 'sip:moh@192.0.2.30:5070',
    fr_timer_ms: FR_TIMER_MS,
    hold_seconds: null,
    ...part,
  };
}

export function skillset(name = 'sales', part: Partial<Skillset> = {}): Skillset {
  return {
    name,
    treatment: 'hold-music',
    ring_seconds: RING_SECONDS,
    order: ORDER,
    group_size: GROUP_SIZE,
    ...part,
  };
}

export function agent(
  name: string,
  skills: Record<string, number> = { sales: 1 },
  part: Partial<Agent> = {},
): Agent {
  return { name, skills, weight: WEIGHT, contacts: [], ...part };
}

/** The endpoint of `sip:alice@10.0.0.7`, registered now for 300 s. */
export function endpoint(name = 'alice', part: Partial<Endpoint> = {}): Endpoint {
  const contact = part.contact ?? `sip:${name}@10.0.0.7:5062`;
  const { instance = null, reg_id = null } = part;
  return {
    domain: DOMAIN,
    agent: name,
    key: endpointKey({ uri: contact, instance, reg_id }),
    contact,
    instance,
    reg_id,
    path: null,
    received: null,
    user_agent: null,
    node: null,
    call_id: `${name}@phone`,
    cseq: 1,
    expires: 300,
    expires_at: NOW + 300_000,
    registered_at: NOW,
    held_since: null,
    on_behalf: false,
    ...part,
  };
}

export function registrar(part: Partial<Node> = {}): Node {
  return {
    node: 'reg1',
    role: 'registrar',
    rpc_url: 'http://127.0.0.1:5080/RPC',
    max_branches: 12,
    max_inv_lifetime_ms: 180_000,
    ...part,
  };
}
