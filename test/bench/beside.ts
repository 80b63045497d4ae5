import { adminWork } from '../support/admin-work.js';
import { besideCalls, request } from '../support/beside-calls.js';
import { callToLarge, LARGE_PATH, largeDocument } from '../support/large-documents.js';

const SECONDS = 3;
const IDLE_MS = 100;

/** What calls' questions take while a large contact center is administered, and as the baseline while it isn't. */
export async function besideLargeDocument(url: string) {
  await request('PUT', `${url}${LARGE_PATH}`, { body: largeDocument() });
  let calls = 0;
  const measure = (act: Parameters<typeof besideCalls>[1]) =>
    besideCalls({ url, question: () => callToLarge(calls++), seconds: SECONDS }, act);
  const nothing = () => new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), IDLE_MS));
  await measure(nothing);
  const baseline = await measure(nothing);
  const lines = [{ meanwhile: 'nothing', ...figures(baseline), times: 0, 'p99 to nothing': 1 }];
  for (const [meanwhile, act] of adminWork(url)) {
    const measured = await measure(act);
    const ratio = Math.round((10 * measured.p99_ms) / baseline.p99_ms) / 10;
    lines.push({ meanwhile, ...figures(measured), times: measured.times, 'p99 to nothing': ratio });
  }
  return lines;
}

function figures({ p50_ms, p99_ms, max_ms }: { p50_ms: number; p99_ms: number; max_ms: number }) {
  return { 'p50 ms': p50_ms, 'p99 ms': p99_ms, 'max ms': max_ms };
}
