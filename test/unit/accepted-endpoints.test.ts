import t from 'tap';
import type { AcceptedEndpoint } from '../../src/register/accepted-endpoint.js';
import { AcceptedEndpoints } from '../../src/register/accepted-endpoints.js';
import type { AcceptedChange } from '../../src/register/save-accepted-endpoints.sql.js';
import { DOMAIN, NOW } from '../support/contact-center.js';

function accepted(agent: string, key: string, expires_at = NOW): AcceptedEndpoint {
  return { domain: DOMAIN, agent, key, source_ip: '203.0.113.9', accepted_at: NOW - 1_000, expires_at };
}

function open() {
  const changes: string[] = [];
  const put = (_: string, { kind, accepted: { agent, key } }: AcceptedChange) =>
    changes.push(`${kind} ${agent} ${key}`);
  return {
    changes,
    all: new AcceptedEndpoints({ put, committed: async () => {}, stored: async () => true }),
  };
}

t.test('the last acceptance of a device counts', async (t) => {
  const { all, changes } = open();
  all.load([accepted('alice', 'a')]);
  all.put(accepted('alice', 'b'));
  all.put(accepted('alice', 'a', NOW + 60_000));

  t.same(
    all.of(DOMAIN, 'alice').map(({ key, expires_at }) => [key, expires_at]),
    [
      ['b', NOW],
      ['a', NOW + 60_000],
    ],
  );
  t.same(all.of(DOMAIN, 'bob'), []);
  t.same(changes, ['put alice b', 'put alice a'], 'what is loaded is there already');
});

t.test('forgotten is what may not be granted any more, and whose agent is gone', async (t) => {
  const { all, changes } = open();
  all.load([
    accepted('alice', 'a'),
    accepted('alice', 'b', NOW + 1_000),
    accepted('bob', 'c', NOW + 60_000),
    accepted('carol', 'd', NOW + 60_000),
  ]);

  all.forget(NOW + 10_000, (_, agent) => (agent === 'bob' ? null : 10));

  t.same(changes, ['remove alice a', 'remove bob c']);
  t.match(all.of(DOMAIN, 'alice'), [{ key: 'b' }]);
  t.same(all.of(DOMAIN, 'bob'), []);
  t.match(all.of(DOMAIN, 'carol'), [{ key: 'd' }]);
});
