import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Running, run } from './process.js';

const ROOT = new URL('../..', import.meta.url).pathname;
/** As the image has them, when `npm run build` was run after the last change; as `npm start` runs them else, a second slower. */
const BUILT = isBuilt();

function isBuilt(): boolean {
  const built = statSync(join(ROOT, 'dist/program/main.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync(join(ROOT, 'src'), { encoding: 'utf8', recursive: true });
  return sources.every((path) => statSync(join(ROOT, 'src', path)).mtimeMs < built);
}

/** Starts a program of ours: `main` is `src/main.ts`. */
export function startProgram(
  name: string,
  options: {
    readonly args?: readonly string[];
    /** Options of Node itself. */
    readonly nodeArgs?: readonly string[];
    readonly env: Readonly<Record<string, string>>;
  },
): Running {
  const { args = [], nodeArgs = [], env } = options;
  const program = BUILT
    ? [join(ROOT, `dist/program/${basename(name)}.js`)]
    : ['--import', 'tsx', join(ROOT, `src/${name}.ts`)];
  // Nothing but these: a setting of whoever runs the tests must not change what they test.
  const { PATH, HOME, TMPDIR } = process.env;
  // tap sets NODE_OPTIONS of every child, to follow each file that it loads: a start would take twice as long.
  const nodeOptions = `NODE_OPTIONS=${env.NODE_OPTIONS ?? ''}`;
  return run('/usr/bin/env', [nodeOptions, process.execPath, ...nodeArgs, ...program, ...args], {
    ...{ PATH, HOME, TMPDIR },
    ...env,
  });
}
