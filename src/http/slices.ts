/** So long work goes on before whoever waits has a turn. */
const SLICE_MS = 4;

/** Work that says by each `yield` where it may stop for a while. */
export type Sliceable<T> = Generator<void, T, void>;

const waiting: (() => void)[] = [];

/** One turn of the event loop for each slice, whosever: much work at once must not make the turns long. */
function next(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(next);
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(next);
  });
}

/** Does long work a slice at a time: calls' questions are answered in between. */
export async function inSlices<T>(work: Sliceable<T>): Promise<T> {
  let end = performance.now() + SLICE_MS;
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    if (performance.now() < end) continue;
    await turn();
    end = performance.now() + SLICE_MS;
  }
}

/** A long text, a slice at a time. */
export async function* textInSlices(texts: Iterable<string>): AsyncGenerator<string, void, void> {
  let end = performance.now() + SLICE_MS;
  let slice = '';
  for (const text of texts) {
    slice += text;
    if (performance.now() < end) continue;
    yield slice;
    slice = '';
    await turn();
    end = performance.now() + SLICE_MS;
  }
  yield slice;
}
