import type { Request } from 'autocannon';
import type { RouteRequest } from '../../src/invite/invite.schema.js';
import type { RegisterRequest } from '../../src/register/register.schema.js';

/** What is measured with: one contact center of 200 agents with two or three of five skills, each with one phone. */
const DOMAIN = 'cc.example.com';
const SKILLSETS = ['sales', 'support', 'billing', 'orders', 'returns'] as const;
const AGENTS = 200;
const LEVELS = 3;
/** As many different calls as a client keeps ready to send. */
const CALLS = 100;

export const CONTACT_CENTER_PATH = `/v1/contact-centers/${DOMAIN}`;

export const CONTACT_CENTER = {
  mode: 'b2bua',
  locations: [{ uri: 'sip:192.0.2.10:5060' }],
  treatments: [{ name: 'hold-music', kind: 'music_on_hold', uri: 'sip:moh@192.0.2.30:5070' }],
  skillsets: SKILLSETS.map((name) => ({ name, treatment: 'hold-music' })),
  agents: Array.from({ length: AGENTS }, (_, i) => ({ name: nameOf(i), skills: skillsOf(i) })),
};

function nameOf(i: number): string {
  return `agent-${i}`;
}

function skillsOf(i: number): Record<string, number> {
  const howMany = 2 + (i % 2);
  return Object.fromEntries(
    Array.from({ length: howMany }, (_, k) => [skillset(i + k), 1 + ((i + k) % LEVELS)]),
  );
}

function skillset(i: number): string {
  return SKILLSETS[i % SKILLSETS.length] as string;
}

/** Calls to all skillsets in turn; every connection sends the same. */
export function invites(): Request[] {
  return Array.from({ length: CALLS }, (_, i) => ({ body: JSON.stringify(inviteOf(i)) }));
}

export function inviteOf(i: number): RouteRequest {
  return {
    node: 'reg1',
    ruri: `sip:${skillset(i)}@${DOMAIN}`,
    from: `sip:+1415555${1000 + i}@carrier.example.net`,
    call_id: `f81d4fae-7dec-11d0-a765-${i}@198.51.100.4`,
    source_ip: '198.51.100.4',
    source_port: 5060,
  };
}

/** Every phone's first REGISTER. */
export function firstRegisters(): RegisterRequest[] {
  return Array.from({ length: AGENTS }, (_, i) => registerOf(i, 0));
}

/**
 * Refreshes, each with the next CSeq, for as long as anybody asks. Every connection has phones of its own, so that no
 * REGISTER of one phone overtakes another.
 */
export function refreshes(connections: number): (connection: number) => Request[] {
  const sequences = Array.from({ length: connections }, (_, connection) => {
    return refreshesOf(connection, connections);
  });
  return (connection) => [
    {
      setupRequest: (request) => {
        const refresh = sequences[connection]?.next().value;
        return { ...request, body: JSON.stringify(refresh) };
      },
    },
  ];
}

function* refreshesOf(connection: number, connections: number): Generator<RegisterRequest, never> {
  for (let cseq = 1; ; cseq++) {
    for (let i = connection; i < AGENTS; i += connections) yield registerOf(i, cseq);
  }
}

function registerOf(i: number, cseq: number): RegisterRequest {
  const instance = `<urn:uuid:00000000-0000-1000-8000-${String(i).padStart(12, '0')}>`;
  return {
    node: 'edge1',
    aor: `sip:${nameOf(i)}@${DOMAIN}`,
    contact: `<sip:${nameOf(i)}@10.0.${i >> 8}.${i & 255}:5062;transport=udp>;+sip.instance="${instance}";reg-id=1`,
    expires: 3_600,
    call_id: `a84b4c76e66710-${i}`,
    cseq,
    path: '<sip:edge1.example.com;lr>',
    received: `sip:203.0.113.9:${20_000 + i}`,
    user_agent: 'phone 1.0',
    source_ip: '203.0.113.9',
  };
}
