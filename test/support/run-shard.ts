import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

const ROOT = join(import.meta.dirname, '../..');
const LIMIT_MS = 900_000;

/** The files that tap runs, as `.taprc` names them: paths from the root. */
export function namedFiles(): string[] {
  return readFileSync(join(ROOT, '.taprc'), 'utf8').match(/(?<=^ {2}- )test\/.*\.test\.ts$/gm) ?? [];
}

/** Every test file under this folder of `test` that isn't run by itself, as `.taprc` says; paths from the root, in order. */
export function shardedFiles(folder: string): string[] {
  const alone = new Set(namedFiles());
  return readdirSync(join(ROOT, 'test', folder), { encoding: 'utf8', recursive: true })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => `test/${folder}/${path}`)
    .filter((path) => !alone.has(path))
    .sort();
}

/**
 * Runs the nth of so many shares of these files (from 1) in this process, one file after the other: a process of tap's takes a
 * second, and another one for the service's modules, before its first test. Each file can be run by itself as well.
 */
export async function runShard(folder: string, nth: number, shares: number): Promise<void> {
  t.setTimeout(LIMIT_MS);
  for (const [i, path] of shardedFiles(folder).entries()) {
    if (i % shares !== nth - 1) continue;
    // Its turn comes when the tests of the files before it have ended, and its own wait until it is loaded: so none begins beside
    // another one, and tap, which ends what has nothing left to do, doesn't end in between. (A file that awaits a test of its own
    // while it is loaded fails.)
    await t.test(`what follows is of ${path}`, async () => {
      await import(join(ROOT, path));
    });
  }
}
