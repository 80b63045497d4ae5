import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';

/**
 * Waits in a session of its own until its standard input, which this process holds, ends (this process is gone, perhaps by a
 * kill -9): then it kills each child that is still there, and the children of that, and removes the directories. A child's start
 * time makes sure that it isn't another process under a pid used again.
 */
const WATCHDOG = `
children= directories= newline='
'
while read -r word rest; do
  case $word in
    child) children="$children$newline$rest" ;;
    directory) directories="$directories$newline$rest" ;;
  esac
done
IFS=$newline
for child in $children; do
  pid=\${child% *}
  { IFS= read -r stat < "/proc/$pid/stat"; } 2>/dev/null || continue
  IFS=' '
  set -- $stat
  [ "\${22}" = "\${child#* }" ] || continue
  kill -STOP "$pid"
  kill -KILL $(cat "/proc/$pid/task/$pid/children") "$pid"
done
IFS=$newline
for directory in $directories; do
  rm -rf "$directory" || { sleep 1; rm -rf "$directory"; }
done
`;

let watchdog: Writable | undefined;

/** Makes sure that a child, which must have a name without blanks, doesn't outlive this process. */
export function dieWithParent(child: ChildProcess): void {
  tell(`child ${identify(child).join(' ')}`);
}

/** Makes sure that a directory doesn't, if it is still there then. */
export function removeWithParent(directory: string): void {
  tell(`directory ${directory}`);
}

function tell(line: string): void {
  watchdog ??= startWatchdog();
  watchdog.write(`${line}\n`);
}

/** One for all: it takes a large process some hundredths of a second to start another one. */
function startWatchdog(): Writable {
  const started = spawn('/bin/sh', ['-c', WATCHDOG], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  // Neither keeps a test running that is done but forgot to stop a child.
  started.unref();
  (started.stdin as Socket).unref();
  return started.stdin;
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
