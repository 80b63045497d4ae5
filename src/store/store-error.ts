/** The store can't be opened and trying again wouldn't help; the message is one line for the operator. */
export class StoreError extends Error {}
