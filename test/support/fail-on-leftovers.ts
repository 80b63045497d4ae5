/**
 * The last step of `npm test`: a test that left a program running has failed. Everything that tests start names the
 * checkout or a folder of theirs on its command line. What has just been told to end gets two seconds for it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './until.js';

const ROOT = new URL('../../', import.meta.url).pathname;
const MARKS = [
  join(tmpdir(), 'understudy-'),
  join(ROOT, 'src/main.ts'),
  join(ROOT, 'dist/program/main.js'),
  join(ROOT, 'test/'),
  join(ROOT, 'kamailio/'),
];

function leftovers(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return MARKS.some((mark) => command.includes(mark)) ? [`${pid}: ${command.slice(0, 120)}`] : [];
      } catch {
        // it has ended since
        return [];
      }
    });
}

let found: string[] = [];
try {
  await until(
    'programs of the tests to end',
    () => {
      found = leftovers();
      return found.length === 0;
    },
    2_000,
  );
} catch {
  console.error(`left running by the tests:\n${found.join('\n')}`);
  process.exit(1);
}
