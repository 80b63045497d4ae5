import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Problem } from '../errors.js';
import { OneAtATime } from '../http/one-at-a-time.js';
import { inSlices, type Sliceable } from '../http/slices.js';
import { threadLoader } from '../thread-loader.js';
import type { Answer, Parts, Question } from './document.worker.js';

const EXTENSION = extname(import.meta.url);
const WORKER = new URL(`./document.worker${EXTENSION}`, import.meta.url);

/** What the largest document takes, several times; who runs into it has something else in mind. */
const HEAP_MB = 512;
/** A second is long for the largest document. */
const LONGEST_MS = 15_000;

/**
 * The thread in which large documents are parsed and checked, one at a time; started for the first. One that takes too long or too
 * much memory ends the thread, and the next document gets another.
 */
export class DocumentThread {
  readonly #turns = new OneAtATime();
  #worker: Worker | undefined;

  /** What the bytes say, when it is what the schema says; else throws what is wrong. */
  async parse(bytes: Uint8Array<ArrayBuffer>, schema: string): Promise<object> {
    const answer = await this.#turns.run('', () => this.#ask({ bytes, schema }));
    if ('faults' in answer) throw Problem.badFields(answer.faults);
    return inSlices(together(answer));
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #ask(question: Question): Promise<Answer> {
    this.#worker ??= new Worker(WORKER, {
      ...threadLoader(EXTENSION),
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        clearTimeout(late);
        worker.off('message', answered).off('error', lost).off('exit', lost);
        worker.unref();
        end();
      };
      const answered = (answer: Answer) => settle(() => resolve(answer));
      const lost = () =>
        settle(() => {
          this.#worker = undefined;
          worker.on('error', () => {});
          void worker.terminate();
          reject(Problem.badFields([{ field: '', detail: 'is too much to be checked' }]));
        });
      const late = setTimeout(lost, LONGEST_MS);
      worker.on('message', answered).on('error', lost).on('exit', lost);
      worker.ref();
      worker.postMessage(question, [question.bytes.buffer]);
    });
  }
}

function* together({ head, lists }: Parts): Sliceable<object> {
  const body = JSON.parse(head);
  for (const { name, parts } of lists) {
    const items: unknown[] = [];
    for (const part of parts) {
      items.push(...JSON.parse(part));
      yield;
    }
    body[name] = items;
  }
  return body;
}
