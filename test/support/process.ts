import { spawn } from 'node:child_process';
import { dieWithParent } from './die-with-parent.js';

/** A program that a test started: in a process group of its own, so that its children end, freeze and thaw with it. */
export interface Running {
  readonly pid: number;
  /** All that it has printed so far. */
  output(): string;
  /** Settles with the exit code (null: killed by a signal) when it has ended. */
  readonly ended: Promise<number | null>;
  hasEnded(): boolean;
  signal(name: NodeJS.Signals): void;
}

/** Signals a process, or a group by its negative number; one that has ended meanwhile is none to complain about. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Starts a program, which doesn't outlive this process. One that can't be started ends with code 127 and says why in its output. */
export function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Running {
  const child = spawn(command, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid !== undefined) dieWithParent(child);
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => chunks.push(chunk));
  }
  let over = false;
  const ended = new Promise<number | null>((resolve) => {
    child.on('error', (error) => {
      chunks.push(String(error));
      resolve(127);
    });
    child.on('close', (code) => resolve(code));
  }).finally(() => {
    over = true;
  });
  return {
    pid: child.pid ?? -1,
    output: () => chunks.join(''),
    ended,
    hasEnded: () => over,
    signal: (name) => {
      if (child.pid !== undefined) signal(-child.pid, name);
    },
  };
}
