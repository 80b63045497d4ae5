const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

export interface Bounds {
  /** How many lists and objects may be open at once. */
  readonly depth: number;
  /** How many lists, objects and values there may be in all, give or take. */
  readonly values: number;
}

/**
 * Whether JSON stays within bounds, told while its bytes arrive: a parser would first make all of it. What isn't JSON at all is
 * left to the parser.
 */
export class JsonBounds {
  readonly #bounds: Bounds;
  #depth = 0;
  #values = 0;
  #inText = false;
  #escaped = false;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  /** What is wrong with it, as far as it has come; undefined: nothing. */
  fault(chunk: Uint8Array): string | undefined {
    let [depth, values, inText, escaped] = [this.#depth, this.#values, this.#inText, this.#escaped];
    let deepest = depth;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      if (inText) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inText = false;
      } else if (byte === QUOTE) inText = true;
      else if (byte === COMMA) values += 1;
      else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
        values += 1;
        depth += 1;
        if (depth > deepest) deepest = depth;
      } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth -= 1;
    }
    [this.#depth, this.#values, this.#inText, this.#escaped] = [depth, values, inText, escaped];
    if (deepest > this.#bounds.depth) return `is nested more than ${this.#bounds.depth} levels deep`;
    return values > this.#bounds.values ? `has more than ${this.#bounds.values} values` : undefined;
  }
}
