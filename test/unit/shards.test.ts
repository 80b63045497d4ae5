import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { namedFiles, shardedFiles } from '../support/run-shard.js';

const SHARDS = join(import.meta.dirname, '../shards');

t.test('every share is run', async (t) => {
  const named = namedFiles();
  const left = readdirSync(SHARDS).filter((name) => !named.includes(`test/shards/${name}`));
  t.same(left, []);
});

t.test('every share of the test files is somebody’s, and nobody’s twice', async (t) => {
  for (const folder of ['unit', 'http', 'sip']) {
    const shares = readdirSync(SHARDS)
      .filter((name) => name.startsWith(`${folder}-`))
      .map((name) =>
        /runShard\('(\w+)', (\d+), (\d+)\)/.exec(readFileSync(join(SHARDS, name), 'utf8'))?.slice(1),
      )
      .sort((a, b) => Number(a?.[1]) - Number(b?.[1]));
    t.same(
      shares,
      shares.map((_, i) => [folder, String(i + 1), String(shares.length)]),
    );
    t.ok(shardedFiles(folder).length >= shares.length);
  }
});
