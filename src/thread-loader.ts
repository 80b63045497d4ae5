import type { WorkerOptions } from 'node:worker_threads';

/** Node 20 does not carry `--import tsx` on into worker threads, so a thread that runs TypeScript loads it itself. */
export function threadLoader(extension: string): WorkerOptions {
  if (extension !== '.ts') return {};
  const code = `import { register } from '${import.meta.resolve('tsx/esm/api')}'; register();`;
  return { execArgv: ['--import', `data:text/javascript,${encodeURIComponent(code)}`] };
}
