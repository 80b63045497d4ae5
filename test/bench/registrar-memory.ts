/**
 * `node --import tsx test/bench/registrar-memory.ts 90 180`: how much shared memory a registrar needs for so many teams of nine agents.
 * Each agent has ten skills and two phones, and is bound at all ten skillsets: nine is what an address holds, so more than that nobody
 * needs. Real REGISTERs, as long as real phones', through Kamailio and the service.
 */
import { setTimeout as later } from 'node:timers/promises';
import { Kamailio } from '../support/kamailio.js';
import { RegisterSocket, uuid } from '../support/register-socket.js';
import { entriesOf } from '../support/remembered.js';
import { Scene } from '../support/scene.js';
import { until } from '../support/until.js';

const TEAM = 9;
const SKILLS = 10;
const PHONES = ['desk', 'mobile'];
const AT_ONCE = 10;
const NOBODY = 'http://127.0.0.1:9';

const endings: (() => unknown)[] = [];

async function measure(teams: number): Promise<void> {
  const scene = await Scene.open(
    { teardown: (fn) => endings.push(fn) },
    {
      memoryMb: 2048,
      document: document(teams),
      kamailioEnv: { GUARD_REGISTERS_IN_5_SECONDS: '1000000', GUARD_REQUESTS_IN_2_SECONDS: '1000000' },
    },
  );
  await settled(scene.registrar);
  const socket = await RegisterSocket.open({ teardown: (fn) => endings.push(fn) }, scene.registerTarget);
  const all = agents(teams).flatMap((agent) => PHONES.map((phone) => ({ agent, phone })));
  let at = 0;
  const worker = async () => {
    for (let next = all[at++]; next; next = all[at++]) {
      const register = () =>
        socket.register({ user: next.agent, contact: contactOf(next.agent, next.phone, socket.port) });
      // 503: the service was too slow, and says when to come again
      await until(`${next.agent} to be registered`, async () => (await register()).status === 200);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const after = await settled(scene.registrar);
  const bare = await Kamailio.start({
    role: 'registrar',
    node: 'bare',
    understudyUrl: NOBODY,
    memoryMb: 2048,
  });
  endings.push(() => bare.stop());
  const empty = await used(bare);
  const kb = (after - empty) / 1024;
  console.log({
    agents: teams * TEAM,
    bindings: await bound(scene),
    empty_mb: Math.round(empty / 1024 / 1024),
    kb_for_each_agent: Math.round((kb / (teams * TEAM)) * 10) / 10,
    remembered: await entriesOf(scene.registrar, 'understudy_last'),
  });
}

/** As a phone with outbound (RFC 5626) writes it: 150 characters. */
function contactOf(agent: string, phone: string, port: number): string {
  const instance = `;+sip.instance="<urn:uuid:${uuid(agent + phone)}>";reg-id=1`;
  return `<sip:${agent}@127.0.0.1:${port};transport=udp;line=${uuid(phone + agent).slice(0, 8)}>;expires=3600${instance}`;
}

function agents(teams: number): string[] {
  return Array.from({ length: teams * TEAM }, (_, i) => `agent-number-${10_000 + i}`);
}

function document(teams: number) {
  const skillsets = Array.from({ length: teams * SKILLS }, (_, i) => `skillset-${10_000 + i}`);
  return {
    skillsets: [...skillsets, 'sales'].map((name) => ({ name, treatment: 'hold-music', ring_seconds: 3 })),
    agents: agents(teams).map((name, i) => {
      const first = Math.floor(i / TEAM) * SKILLS;
      return {
        name,
        skills: Object.fromEntries(skillsets.slice(first, first + SKILLS).map((skill) => [skill, 1])),
      };
    }),
  };
}

/** How many bindings the registrar has. */
async function bound(scene: Scene): Promise<number> {
  const stats = (await scene.registrar.rpc('stats.fetch', ['all'])) as Record<string, string>;
  return Number(stats['usrloc.location_contacts']);
}

async function used(kamailio: Kamailio): Promise<number> {
  return ((await kamailio.rpc('core.shmmem')) as { used: number }).used;
}

/** The bytes in use when nothing is under way any more: the same number twice, with some seconds between. */
async function settled(kamailio: Kamailio): Promise<number> {
  for (let last = -1; ; ) {
    const now = await used(kamailio);
    if (Math.abs(now - last) < 20_000) return now;
    last = now;
    await later(6_000);
  }
}

for (const teams of process.argv.slice(2).map(Number)) {
  await measure(teams);
  for (const ending of endings.splice(0).reverse()) await ending();
}
