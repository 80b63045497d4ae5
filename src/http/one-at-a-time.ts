/** Runs what is given for one key after another, in the order in which it was given; different keys don't wait. */
export class OneAtATime {
  readonly #last = new Map<string, Promise<unknown>>();

  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const done = before.then(work, work);
    const tail: Promise<void> = done.then(
      () => this.#forget(key, tail),
      () => this.#forget(key, tail),
    );
    this.#last.set(key, tail);
    return done;
  }

  #forget(key: string, tail: Promise<void>): void {
    if (this.#last.get(key) === tail) this.#last.delete(key);
  }
}
