import fc from 'fast-check';
import t from 'tap';
import { backOffMs } from '../../src/store/back-off.js';
import { GroupCommit } from '../../src/store/group-commit.js';

interface Write {
  readonly rows: [string, number][];
  done(): void;
  fail(error: unknown): void;
}

const GONE = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const REFUSED = Object.assign(new Error('invalid byte sequence'), { code: '22021', severity: 'ERROR' });

/** A Postgres whose every write the test sees begin and lets succeed or fail. */
function open(maxRows = 100, places?: number) {
  const begun: Write[] = [];
  const awaited: ((write: Write) => void)[] = [];
  const errors: string[] = [];
  const noted = (_: unknown, message?: string) => void errors.push(message ?? '');
  const commits = new GroupCommit<string, number>({
    table: 'rows',
    ...(places !== undefined && { places }),
    write: (rows) =>
      new Promise<void>((done, fail) => {
        const write = { rows: [...rows], done, fail };
        const waiting = awaited.shift();
        if (waiting) waiting(write);
        else begun.push(write);
      }),
    log: { debug: noted, info: noted, warn: noted, error: noted },
    maxRows,
  });
  const nextWrite = () =>
    new Promise<Write>((resolve) => {
      const write = begun.shift();
      if (write) resolve(write);
      else awaited.push(resolve);
    });
  return { commits, nextWrite, begun, errors };
}

/** What a promise has come to after all that is due has run. */
async function stateOf(promise: Promise<unknown>): Promise<string> {
  const turn = new Promise<string>((resolve) => setImmediate(() => resolve('pending')));
  return Promise.race([
    promise.then((value) => (value === undefined ? 'committed' : String(value)), String),
    turn,
  ]);
}

t.test('rows put in one turn of the event loop share the first write', async (t) => {
  const { commits, nextWrite } = open();
  commits.put('a', 1);
  commits.put('b', 2);
  await Promise.resolve().then(() => commits.put('c', 3));
  const write = await nextWrite();
  t.same(write.rows, [
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ]);
});

t.test('rows put during a write share the next one', async (t) => {
  const { commits, nextWrite, begun } = open();
  commits.put('a', 1);
  const first = await nextWrite();
  commits.put('b', 2);
  const second = commits.committed();
  await stateOf(second);
  commits.put('c', 3);
  t.equal(begun.length, 0, 'one write at a time');
  first.done();
  const next = await nextWrite();
  t.same(next.rows, [
    ['b', 2],
    ['c', 3],
  ]);
  next.done();
  await second;
});

t.test('the newest value of a key wins, before a write and during one', async (t) => {
  const { commits, nextWrite } = open();
  commits.put('a', 1);
  commits.put('a', 2);
  const first = await nextWrite();
  t.same(first.rows, [['a', 2]]);
  commits.put('a', 3);
  commits.put('a', 4);
  const newest = commits.committed();
  first.done();
  const second = await nextWrite();
  t.same(second.rows, [['a', 4]]);
  t.equal(await stateOf(newest), 'pending', 'the first write had an older value');
  second.done();
  await newest;
});

t.test('committed() resolves when what was put before it is written, whatever was put since', async (t) => {
  const { commits, nextWrite } = open();
  await commits.committed();
  commits.put('a', 1);
  const a = commits.committed();
  const first = await nextWrite();
  commits.put('b', 2);
  const b = commits.committed();
  t.equal(await stateOf(a), 'pending');
  first.done();
  await a;
  t.equal(await stateOf(b), 'pending');
  (await nextWrite()).done();
  await b;
  await commits.committed();
});

t.test('a failed write fails those who wait for it, keeps its rows and tries them again', async (t) => {
  const { commits, nextWrite, errors } = open();
  commits.put('a', 1);
  commits.put('b', 1);
  const first = commits.committed();
  const write = await nextWrite();
  commits.put('c', 1);
  commits.put('b', 2);
  const later = commits.committed();
  write.fail(GONE);
  await t.rejects(first, GONE, "with Postgres's own error");
  t.equal(await stateOf(later), 'pending', 'its write is still to come');
  const again = await nextWrite();
  t.same(again.rows, [
    ['a', 1],
    ['b', 2],
    ['c', 1],
  ]);
  again.done();
  await later;
  t.same(errors, ['rows could not be written', 'rows are written again']);
});

t.test('a key put again during a write that fails is committed with the retry', async (t) => {
  const { commits, nextWrite } = open();
  commits.put('a', 1);
  const write = await nextWrite();
  commits.put('a', 2);
  const newer = commits.committed();
  write.fail(GONE);
  const again = await nextWrite();
  t.same(again.rows, [['a', 2]]);
  again.done();
  await newer;
  await commits.committed();
});

t.test('a write has at most maxRows rows, and committed() waits for all of them', async (t) => {
  const { commits, nextWrite } = open(2);
  for (const key of ['a', 'b', 'c']) commits.put(key, 1);
  const all = commits.committed();
  const first = await nextWrite();
  t.equal(first.rows.length, 2);
  first.done();
  const second = await nextWrite();
  t.same(second.rows, [['c', 1]]);
  t.equal(await stateOf(all), 'pending');
  second.done();
  await all;
});

t.test('close() writes what is left and refuses more', async (t) => {
  const { commits, nextWrite } = open();
  commits.put('a', 1);
  const first = await nextWrite();
  commits.put('b', 2);
  const closed = commits.close();
  t.throws(() => commits.put('c', 3), /after close/);
  first.done();
  (await nextWrite()).done();
  await closed;
  await commits.committed();
});

t.test(
  'close() ends the pause after a failure at once, tries once more, and says what is lost',
  async (t) => {
    const { commits, nextWrite, errors } = open();
    commits.put('a', 1);
    (await nextWrite()).fail(GONE);
    await stateOf(commits.committed().catch(() => {}));
    const waiting = t.rejects(commits.committed(), GONE);
    const closed = commits.close();
    (await nextWrite()).fail(GONE);
    await closed;
    await waiting;
    t.match(errors.at(-1), /rows are lost/);
  },
);

t.test('a row that Postgres refuses is dropped alone and does not hold up the others', async (t) => {
  const poison = fc.constantFrom(...'abcdefghij');
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(poison), fc.integer({ min: 1, max: 12 }), async (refused, maxRows) => {
      const written = new Map<string, number>();
      const commits = new GroupCommit<string, number>({
        table: 'rows',
        write: async (rows) => {
          if (rows.size > maxRows) throw new Error('too many rows');
          if (refused.some((key) => rows.has(key))) throw REFUSED;
          for (const [key, value] of rows) written.set(key, value);
        },
        log: { debug() {}, info() {}, warn() {}, error() {} },
        maxRows,
      });
      for (const key of 'abcdefghij') commits.put(key, 1);
      const outcome: unknown = await commits.committed().then(
        () => 'committed',
        (error) => error,
      );
      await commits.close();
      t.same(
        [...written.keys()],
        [...'abcdefghij'].filter((key) => !refused.includes(key)),
      );
      t.equal(outcome, refused.length > 0 ? REFUSED : 'committed');
    }),
  );
});

t.test('it tells how many rows wait, were dropped, and whether Postgres is away', async (t) => {
  const { commits, nextWrite } = open();
  const counts = () => [commits.waiting, commits.dropped, commits.failing];
  t.same(counts(), [0, 0, false]);
  commits.put('a', 1);
  const gone = commits.committed();
  const first = await nextWrite();
  commits.put('b', 1);
  commits.put('b', 2);
  t.same(counts(), [2, 0, false], 'what is on its way is not there yet');
  first.fail(GONE);
  await t.rejects(gone);
  t.same(counts(), [2, 0, true]);
  (await nextWrite()).done();
  await commits.committed();
  t.same(counts(), [0, 0, false]);
  commits.put('c', 1);
  const refused = commits.committed();
  (await nextWrite()).fail(REFUSED);
  await t.rejects(refused);
  t.same(counts(), [0, 1, false], 'Postgres that refuses is not away');
  commits.put('d', 1);
  const last = await nextWrite();
  const closed = commits.close();
  last.fail(GONE);
  await closed;
  t.same(counts().slice(0, 2), [0, 2]);
});

t.test(
  'stored(): true when it is written, false when that fails, and at once while it is failing',
  async (t) => {
    const { commits, nextWrite } = open();
    t.equal(await commits.stored(60_000), true, 'nothing was put');
    commits.put('a', 1);
    const first = commits.stored(60_000);
    (await nextWrite()).done();
    t.equal(await first, true);
    commits.put('a', 2);
    const second = commits.stored(60_000);
    (await nextWrite()).fail(GONE);
    t.equal(await second, false);
    commits.put('b', 1);
    t.equal(await commits.stored(60_000), false, 'nobody waits for what is failing');
    const again = await nextWrite();
    t.same(again.rows, [
      ['a', 2],
      ['b', 1],
    ]);
    again.done();
    await commits.committed();
    t.equal(await commits.stored(60_000), true);
  },
);

t.test(
  'stored(): false when it takes too long, and from then on at once, until a write succeeds',
  async (t) => {
    const { commits, nextWrite } = open();
    commits.put('a', 1);
    const frozen = await nextWrite();
    t.equal(await commits.stored(1), false);
    t.equal(commits.failing, true);
    commits.put('b', 1);
    t.equal(await commits.stored(60_000), false);
    frozen.done();
    const next = await nextWrite();
    t.equal(commits.failing, false);
    const stored = commits.stored(60_000);
    next.done();
    t.equal(await stored, true);
  },
);

t.test('stored() rejects for a row that Postgres refuses: it will never be there', async (t) => {
  const { commits, nextWrite } = open();
  commits.put('a', 1);
  const stored = commits.stored(60_000);
  (await nextWrite()).fail(REFUSED);
  await t.rejects(stored, REFUSED);
});

t.test('there is room for so many keys, and always for those that wait already', async (t) => {
  const { commits, nextWrite } = open(100, 3);
  t.ok(commits.hasRoomFor(['a', 'b', 'c']));
  t.notOk(commits.hasRoomFor(['a', 'b', 'c', 'd']));
  commits.put('a', 1);
  commits.put('b', 1);
  t.ok(commits.hasRoomFor(['a', 'b', 'c']));
  t.notOk(commits.hasRoomFor(['c', 'd']));
  (await nextWrite()).done();
  await commits.committed();
  t.ok(commits.hasRoomFor(['c', 'd']), 'what is written makes room');
});

t.test('the pause after failures doubles from 0.2 s to 5 s', async (t) => {
  t.same(
    [1, 2, 3, 4, 5, 6, 7, 1_000].map((failures) => backOffMs(failures)),
    [200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000],
  );
});
