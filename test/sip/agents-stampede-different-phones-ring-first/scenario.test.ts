import t from 'tap';
import { sceneInBypass } from '../../support/agents-in-bypass.js';
import type { Decision } from '../../support/decision.js';
import { freePort } from '../../support/free-port.js';
import { DOMAIN } from '../../support/scene.js';
import { header, Sipp } from '../../support/sipp.js';
import { until } from '../../support/until.js';

const CALLS = 12;
const RING_MS = 300;

// Every decision reserves its first agent: who calls at the same moment starts with somebody else.
t.test('twelve calls at once ring twelve different phones', async (t) => {
  const names = Array.from({ length: CALLS }, (_, i) => `agent${i}`);
  const scene = await sceneInBypass(t, {
    agents: Object.fromEntries(names.map((name) => [name, { sales: 1 }])),
  });
  const phones: Sipp[] = [];
  for (const name of names) phones.push(await (await scene.phone(name)).takesCalls({ answer: RING_MS }));

  const callers = new Sipp({
    scenario: 'call',
    port: await freePort(),
    target: scene.callTarget,
    keys: { ruri: `sip:sales@${DOMAIN}`, extra: 'Subject: a call', max_forwards: '70' },
    args: ['-m', String(CALLS), '-r', String(CALLS), '-rp', '1', '-l', String(CALLS), '-d', '50'],
  });
  t.teardown(() => callers.kill());
  t.equal(await callers.ended(), 0);

  const path = `/v1/decisions?address=sip:sales@${DOMAIN}`;
  const decisions = await until('twelve answered calls', async () => {
    const found = (await scene.api<{ decisions: Decision[] }>('GET', path)).decisions;
    const answered = found.filter(({ outcomes }) => outcomes.some(({ event }) => event === 'answered'));
    if (answered.length !== CALLS) throw new Error(JSON.stringify(found));
    return answered;
  });
  const firsts = decisions.map(({ targets }) => targets[0]?.agent ?? '');
  t.same([...firsts].sort(), [...names].sort());
  for (const [i, phone] of phones.entries()) {
    const invites = phone
      .messages()
      .filter(({ direction, kind }) => direction === 'received' && kind === 'INVITE');
    const callIds = [...new Set(invites.map((invite) => header(invite, 'Call-ID')))];
    const decision = decisions.find(({ targets }) => targets[0]?.agent === names[i]);
    t.same(callIds, [decision?.call_id], `${names[i]} has one call, which began there`);
  }
  t.same(scene.registrar.warnings(), []);
});
