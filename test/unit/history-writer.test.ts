import pino from 'pino';
import t from 'tap';
import { HistoryWriter } from '../../src/store/history-writer.js';
import { until } from '../support/until.js';

const REFUSED = -1;

/** A writer of five rows at most, whose database is away until it is let back. */
function writer() {
  const lines: Record<string, unknown>[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const saved: number[] = [];
  let batches = 0;
  let away = false;
  const rows = new HistoryWriter<number>({
    table: 'decisions',
    save: async (batch) => {
      if (away) throw new Error('away');
      if (batch.includes(REFUSED))
        throw Object.assign(new Error('refused'), { code: '22021', severity: 'ERROR' });
      saved.push(...batch);
      batches += 1;
    },
    log,
    places: 5,
  });
  return {
    rows,
    saved,
    batches: () => batches,
    dropped: () => lines.filter(({ msg }) => /history was dropped/.test(String(msg))),
    away(is: boolean) {
      away = is;
    },
  };
}

t.test('rows are written in their order', async (t) => {
  const { rows, saved, dropped } = writer();
  for (const row of [1, 2, 3]) rows.put(row);
  await rows.committed();
  t.same(saved, [1, 2, 3]);
  for (let row = 4; row <= 20; row += 1) {
    rows.put(row);
    await rows.committed();
  }
  t.equal(saved.length, 20);
  await rows.close();
  t.same(dropped(), []);
});

t.test('rows that nobody asks for gather, and are written all the same', async (t) => {
  const { rows, saved, batches } = writer();
  for (const row of [1, 2, 3]) {
    rows.put(row);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until('they are written', () => saved.length === 3);
  t.equal(batches(), 1);
  await rows.close();
});

t.test('while the database is away the newest wait, and one line tells how many were dropped', async (t) => {
  const { rows, saved, away, dropped } = writer();
  away(true);
  for (let row = 1; row <= 12; row += 1) rows.put(row);
  await t.rejects(rows.committed(), { message: 'away' });
  t.same(dropped(), []);
  away(false);
  await rows.committed();
  t.same(
    saved.toSorted((a, b) => a - b),
    [8, 9, 10, 11, 12],
  );
  t.match(dropped(), [{ table: 'decisions', rows: 7 }]);
  t.equal(dropped().length, 1);
  await rows.close();
});

t.test('it tells how many rows wait and were dropped', async (t) => {
  const { rows, saved, away } = writer();
  const counts = () => [rows.waiting, rows.dropped, rows.failing];
  away(true);
  for (let row = 1; row <= 7; row += 1) rows.put(row);
  t.same(counts(), [5, 2, false]);
  await t.rejects(rows.committed());
  t.same(counts(), [5, 2, true]);
  away(false);
  await rows.committed();
  t.same(counts(), [0, 2, false]);
  rows.put(REFUSED);
  await t.rejects(rows.committed());
  t.same(counts(), [0, 3, false]);
  for (let row = 8; row <= 13; row += 1) {
    rows.put(row);
    await rows.committed();
  }
  t.same(counts(), [0, 3, false], 'what Postgres has refused is counted once, and keeps no place');
  t.equal(saved.length, 11);
  await rows.close();
});

t.test('a row that comes after the end harms nobody', async (t) => {
  const { rows, saved, dropped } = writer();
  rows.put(1);
  await rows.close();
  rows.put(2);
  t.same(saved, [1]);
  t.match(dropped(), [{ rows: 1 }]);
});

t.test('whoever waits for rows shares their commits with all who wait meanwhile', async (t) => {
  const { rows, saved, batches } = writer();
  const asked: Promise<boolean>[] = [];
  const begun = performance.now();
  for (let row = 1; row <= 50; row += 1) {
    rows.put(row);
    asked.push(rows.stored(1_000));
    await new Promise((resolve) => setImmediate(resolve));
    await asked.at(-5);
  }
  t.same(new Set(await Promise.all(asked)), new Set([true]));
  t.equal(saved.length, 50);
  const ms = performance.now() - begun;
  t.ok(batches() <= ms / 20 + 2, `${batches()} commits in ${Math.round(ms)} ms`);
  await rows.close();
});

t.test(
  'nobody waits while the database is away, and nothing that it refuses is to be brought again',
  async (t) => {
    const { rows, saved, away } = writer();
    for (const row of [1, REFUSED, 2]) rows.put(row);
    t.equal(await rows.stored(1_000), true);
    t.same(
      saved.toSorted((a, b) => a - b),
      [1, 2],
    );
    away(true);
    rows.put(3);
    t.equal(await rows.stored(1_000), false);
    rows.put(4);
    t.equal(await rows.stored(1_000), false);
    away(false);
    await rows.committed();
    t.equal(await rows.stored(1_000), true);
    t.same(saved.slice(2), [3, 4]);
    await rows.close();
  },
);
