import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { codeOf } from './sqlstate.js';
import { StoreError } from './store-error.js';

/** Who holds the directory: a pid alone would do if pids were not used again, above all pid 1 in containers. */
interface Holder {
  readonly pid: number;
  /** When the process started, in ticks since the boot, and which boot; both empty where /proc has no answer. */
  readonly start: string;
  readonly boot: string;
}

const LOCK_FILE = /^lock-(\d+)-(\d*)-([0-9a-f]*)$/;

/**
 * Keeps a second process out of a data directory, which two embedded Postgres would ruin. Returns the release.
 *
 * Every process makes a lock file with its own identity in the name, then looks for others: one whose process is gone is
 * removed, a live one means that we are second. Since nobody ever replaces another's file there is no moment in which two
 * can take over the same dead one's place. Two that start at the same instant may both be refused.
 */
export async function lockDataDir(directory: string): Promise<() => Promise<void>> {
  await makeDirectory(directory);
  const own = await identify(process.pid);
  const ownFile = `lock-${own.pid}-${own.start}-${own.boot}`;
  const release = () => rm(join(directory, ownFile), { force: true });
  await writeFile(join(directory, ownFile), '', { flag: 'wx' }).catch((error) => {
    throw codeOf(error) === 'EEXIST' ? refused(directory, own.pid) : error;
  });
  try {
    for (const file of await readdir(directory)) {
      const holder = parse(file);
      if (holder === undefined || file === ownFile) continue;
      if (await isAlive(holder)) throw refused(directory, holder.pid);
      await rm(join(directory, file), { force: true });
    }
  } catch (error) {
    await release();
    throw error;
  }
  return release;
}

/** Not by `recursive`: where a parent exists and yet nothing can be made in it, as in /proc, Node 20 tries for ever. */
async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    if (codeOf(error) !== 'ENOENT' || existsSync(dirname(directory))) throw error;
    await makeDirectory(dirname(directory));
    await mkdir(directory, { mode: 0o700 });
  }
}

function refused(directory: string, pid: number): StoreError {
  return new StoreError(
    `DATA_DIR ${resolve(directory)} is in use by the process ${pid}: stop that one, or give this one a directory of its own`,
  );
}

function parse(file: string): Holder | undefined {
  const [, pid, start = '', boot = ''] = LOCK_FILE.exec(file) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), start, boot };
}

async function isAlive(holder: Holder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives, under another user.
    if (codeOf(error) === 'ESRCH') return false;
  }
  const now = await identify(holder.pid);
  return now.start === holder.start && now.boot === holder.boot;
}

async function identify(pid: number): Promise<Holder> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'latin1').catch(() => '');
  // proc(5): the name in field 2 may hold blanks and brackets; field 3 is the state, field 22 the start.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const isZombie = fields[0] === 'Z' || fields[0] === 'X';
  return { pid, start: isZombie ? '' : (fields[19] ?? ''), boot: boot.slice(0, 8) };
}
