import t from 'tap';
import { agentLimit, holdingLimit } from '../../src/directory/agent-limit.js';
import { Directory } from '../../src/directory/directory.js';
import { contactCenter, DOMAIN, registrar } from '../support/contact-center.js';

function resolved(user: string, locations = 1) {
  const directory = new Directory();
  const location = { priority: 1, fr_timer_ms: 2_000 };
  directory.putContactCenter(
    contactCenter({
      locations: Array.from({ length: locations }, (_, i) => ({ ...location, uri: `sip:192.0.2.${i + 1}` })),
    }),
  );
  const found = directory.resolve({ user, domain: DOMAIN });
  if (!found) throw new Error(`${user} is no address`);
  return found;
}

t.test('agents get what one suspended branch, the locations and the treatment leave', async (t) => {
  t.equal(agentLimit(resolved('sales'), 12), 9);
  t.equal(agentLimit(resolved('sales', 3), 12), 7);
  t.equal(agentLimit(resolved('support'), 12), 10, 'no treatment');
  t.equal(agentLimit(resolved('alice'), 12), 10, 'an own address has none either');
  t.equal(agentLimit(resolved('sales'), 30), 27);
  t.equal(agentLimit(resolved('sales', 5), 4), 0, 'never below nothing');
});

t.test('all registrars hold what the smallest of them can try', async (t) => {
  const sales = resolved('sales');
  t.equal(holdingLimit(sales, []), 9);
  t.equal(holdingLimit(sales, [registrar({ max_branches: 30 })]), 27);
  const nodes = [30, 8, 12].map((max_branches, i) => registrar({ node: `reg${i}`, max_branches }));
  t.equal(holdingLimit(sales, nodes), 5);
  t.equal(holdingLimit(sales, [registrar(), registrar({ role: 'edge', max_branches: 4 })]), 9);
});
