import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';

/**
 * Waits in a session of its own until its standard input, which this process holds, says something (all is well) or ends
 * (this process is gone, perhaps by a kill -9): then it kills the child, and the children of that, and removes the
 * directory. The child's start time makes sure that it isn't another process under a pid used again.
 */
const WATCHDOG = `
read -r _ && exit 0
if [ -n "$1" ] && [ "$(cut -d' ' -f22 "/proc/$1/stat" 2>/dev/null)" = "$2" ]; then
  kill -STOP "$1"
  kill -KILL $(cat "/proc/$1/task/$1/children") "$1"
fi
[ -z "$3" ] || rm -rf "$3" || { sleep 1; rm -rf "$3"; }
`;

export interface Watchdog {
  /** Nothing is its business any more: the child ended, and somebody else removes the directory. */
  release(): Promise<void>;
  /** It does at once what it would do at the end of this process. */
  finish(): Promise<void>;
}

/** Makes sure that a child, which must have a name without blanks, and a directory don't outlive this process. */
export function dieWithParent(child: ChildProcess | undefined, directory = ''): Watchdog {
  const identity = child ? identify(child) : ['', ''];
  const watchdog = spawn('/bin/sh', ['-c', WATCHDOG, 'watchdog', ...identity, directory], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  // Neither keeps a test running that is done but forgot to stop the child.
  watchdog.unref();
  (watchdog.stdin as Socket).unref();
  let ended: Promise<void> | undefined;
  const end = (word: string) => {
    ended ??= once(watchdog, 'exit').then(() => {});
    watchdog.ref();
    watchdog.stdin.end(word);
    return ended;
  };
  return { release: () => end('released\n'), finish: () => end('') };
}

function identify(child: ChildProcess): [pid: string, start: string] {
  if (child.pid === undefined) throw new Error('The child did not start');
  const start = readFileSync(`/proc/${child.pid}/stat`, 'latin1').split(' ')[21] ?? '';
  return [String(child.pid), start];
}

/** The pids of a process's direct children. */
export function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number);
}
