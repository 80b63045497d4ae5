import t, { type Test } from 'tap';
import { parseRedisUrl } from '../../src/redis-url.js';
import type { Entry } from '../../src/share/entry.js';
import { RedisLog } from '../../src/share/redis-log.js';
import { logLines } from '../support/log-lines.js';
import { startCluster, startRedis, startSentinels } from '../support/redis.js';
import { until } from '../support/until.js';

const gone = (id: string): Entry => ({ kind: 'override_gone', id });

/** One instance's end of the log, and what it has read. */
async function follow(t: Test, url: string) {
  const where = parseRedisUrl(url);
  if (!where) throw new Error(`${url} is none`);
  const lines = logLines();
  const log = new RedisLog({ url: where, log: lines });
  const read: string[] = [];
  const joined: boolean[] = [];
  t.teardown(() => log.close());
  await log.start('test.public', {
    read: (entry, { own, past }) => {
      const said = entry.kind === 'override_gone' ? entry.id : entry.kind;
      read.push(`${own ? 'own ' : ''}${past ? 'past ' : ''}${said}`);
    },
    joined: ({ missed }) => joined.push(missed),
  });
  return { log, lines: lines.lines, read, joined, say: (id: string) => log.publish(gone(id)) };
}

/** A sentinel whose timer stood still for two seconds, on a busy machine, decides nothing for 30 s (TILT). */
const FAILED_OVER_MS = 90_000;

t.test('a standalone Redis', async (t) => {
  const redis = await startRedis(t);
  const a = await follow(t, redis.url);
  const b = await follow(t, redis.url);
  t.same([a.joined, b.joined], [[true], [true]]);

  await t.test('everybody reads everything in one order, also who comes later', async (t) => {
    for (let i = 0; i < 20; i++) for (const [name, { say }] of Object.entries({ a, b })) say(`${name}${i}`);
    await until('both to have read all', () => a.read.length === 40 && b.read.length === 40);
    const plain = (read: string[]) => read.map((word) => word.replace('own ', ''));
    t.same(plain(a.read), plain(b.read));
    t.equal(a.read.filter((word) => word.startsWith('own ')).length, 20);
    const c = await follow(t, redis.url);
    t.same(
      c.read,
      plain(a.read).map((word) => `past ${word}`),
    );
  });

  await t.test('what was taken is there', async (t) => {
    const length = async () => Number(await redis.ask('XLEN', 'understudy:{test.public}:log'));
    const before = await length();
    for (const id of ['x', 'y', 'z']) a.say(id);
    await a.log.taken();
    t.equal(await length(), before + 3);
    await until('both to have read them', () => a.read.length === 43 && b.read.length === 43);
  });

  await t.test('what is malformed, unknown, or of a newer version is left out', async (t) => {
    const before = a.read.length;
    const add = (...fields: string[]) => redis.ask('XADD', 'understudy:{test.public}:log', '*', ...fields);
    await add('v', '1', 'from', 'x', 'n', '1', 'entry', '{"kind":"override_gone"}');
    await add('v', '1', 'from', 'x', 'n', '2', 'entry', '{"kind":"something_new","what":1}');
    await add('v', '2', 'from', 'x', 'n', '3', 'entry', 'who knows');
    await add('v', '1', 'from', 'x', 'n', '4', 'entry', '{');
    await add('nothing', '1');
    await add('v', '1', 'from', 'x', 'n', '5', 'entry', '{"kind":"override_gone","id":"good","new":true}');
    await until('the good one', () => a.read.length > before);
    t.same(a.read.slice(before), ['good']);
    t.equal(a.lines.filter((line) => line.includes('malformed')).length, 3);
  });

  await t.test(
    'frozen: it is noticed, what has a key is said later, what was said meanwhile is read',
    async (t) => {
      redis.freeze();
      a.say('frozen');
      await until('both to notice', () => !a.log.connected && !b.log.connected);
      t.equal(a.say('away'), false);
      t.equal(a.log.publish({ kind: 'hello' }), false);
      a.say('away');
      redis.thaw();
      await until('b to hear of it', () => b.read.includes('away'));
      await until('both to follow', () => a.log.connected && b.log.connected);
      t.same(b.read.filter((word) => word === 'away').length, 1, 'once');
      t.notOk(b.read.includes('hello'));
      t.same(
        [a.joined, b.joined],
        [
          [true, false],
          [true, false],
        ],
        'nothing was missed',
      );
      const away = (lines: readonly string[]) => lines.filter((line) => line.includes('log is away')).length;
      t.same([away(a.lines), away(b.lines)], [1, 1], 'one line each');
    },
  );

  await t.test('killed, and back empty: everybody is told that the log lacks something', async (t) => {
    await redis.kill9();
    await until('both to notice', () => !a.log.connected && !b.log.connected);
    await t.rejects(a.log.check(), /goes on by its own memory/);
    a.say('meanwhile');
    await redis.start();
    await until('both to follow', () => a.log.connected && b.log.connected);
    await until('b to hear of it', () => b.read.includes('meanwhile'));
    t.same(
      [a.joined, b.joined],
      [
        [true, false, true],
        [true, false, true],
      ],
    );
    await a.log.check();
  });

  await t.test('nothing keeps it from ending', async () => {
    redis.freeze();
    a.say('never');
    await a.log.taken();
    await a.log.close();
    redis.thaw();
  });
});

t.test('without Redis it starts all the same, and follows when there is one', async (t) => {
  const redis = await startRedis(t);
  await redis.kill9();
  const a = await follow(t, redis.url);
  t.same([a.log.connected, a.joined], [false, []]);
  a.say('before');
  await redis.start();
  await until('it to be heard', () => a.read.includes('own before'));
});

t.test('Sentinel: the log goes on at the replica; both have passwords of their own', async (t) => {
  const { master, replica, url } = await startSentinels(t, { data: 'of-data', sentinel: 'of-sentinels' });
  const a = await follow(t, url);
  const b = await follow(t, url);
  a.say('one');
  await until('b to read it', () => b.read.includes('one'));
  await until(
    'the replica to have it',
    async () => (await replica.ask('XLEN', 'understudy:{test.public}:log')) === '1',
  );
  await master.kill9();
  await until('both to notice', () => !a.log.connected && !b.log.connected);
  a.say('two');
  await until('b to read it', () => b.read.includes('two'), FAILED_OVER_MS);
  // what is read while catching up is read before
  await until('both to follow again', () => a.joined.length > 1 && b.joined.length > 1);
  t.same(
    [a.joined, b.joined],
    [
      [true, false],
      [true, false],
    ],
    'the replica had everything',
  );
});

t.test('Cluster: the log goes on at a replica', async (t) => {
  const { nodes, url } = await startCluster(t, { replicas: 1 });
  const a = await follow(t, url);
  const b = await follow(t, url);
  a.say('one');
  await until('b to read it', () => b.read.includes('one'));
  const slot = Number(await nodes[0]?.ask('CLUSTER', 'KEYSLOT', 'understudy:{test.public}:log'));
  const owner = nodes[Math.min(2, Math.floor(slot / 5_461))];
  await owner?.kill9();
  await until('both to notice', () => !a.log.connected && !b.log.connected);
  a.say('two');
  await until('b to read it', () => b.read.includes('two'), FAILED_OVER_MS);
});
