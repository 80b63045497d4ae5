import type { Entry } from './entry.js';

/** Who reads the log. */
export interface LogReader {
  /**
   * The next entry in the order that is the same for every instance. `own`: this instance has published it; `past`: it was
   * there before this instance had started.
   */
  read(entry: Entry, how: { readonly own: boolean; readonly past: boolean }): void;
  /** Everything that the log has is read; from now on it is followed. `missed`: it doesn't have everything that was published. */
  joined(how: { readonly missed: boolean }): void;
}

/** The log that all instances share: what one publishes every one reads, in one order. */
export interface SharedLog {
  /** Whether what is published now is read by the others. Without, each instance goes on by its own memory. */
  readonly connected: boolean;
  /** For how long (ms) a published entry usually is on its way at most: who waits for longer waits in vain. */
  readonly usualMs: number;
  /** Resolves when what the log has is read, or it turns out that it can't be reached now. */
  start(name: string, reader: LogReader): Promise<void>;
  /** Returns at once. Whether the entry is on its way; else it is lost, or sent later if it has a key (see Unsent). */
  publish(entry: Entry): boolean;
  /** Resolves when all that was published is there for the others, also if this instance is killed now; or it won't be for a while. */
  taken(): Promise<void>;
  /** Resolves when it answered just now. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Of a lone instance: nobody reads it. */
export const NO_LOG: SharedLog = {
  connected: false,
  usualMs: 0,
  start: async () => {},
  publish: () => false,
  taken: async () => {},
  check: async () => {},
  close: async () => {},
};
