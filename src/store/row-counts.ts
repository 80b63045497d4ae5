/** How well the rows of one table are written. */
export interface RowCounts {
  /** Rows that Postgres doesn't have yet. */
  readonly waiting: number;
  /** Rows that it will never have, since the start. */
  readonly dropped: number;
  /** Whether the last write has failed, or takes longer than anybody waits. */
  readonly failing: boolean;
}
