import { postJson } from './post-json.js';

/** What POST /understudy/retry of kamailio/understudy/retry.cfg takes. */
export interface Branch {
  /** tm's transaction, `index:label`. */
  readonly transaction: string;
  /** Known to nobody but Kamailio and us: whoever calls with it gets the document. */
  readonly token: string;
  /** As `POST /v1/route` answers it. */
  readonly document: object;
}

/**
 * `appended`: the call is on its way to the document's targets. `refused`: it isn't and never will be. `unknown`: nobody can
 * tell.
 */
export type Appended = 'appended' | 'refused' | 'unknown';

/** Gives an open INVITE transaction one more branch. Never rejects. */
export type AppendBranch = (rpcUrl: string, branch: Branch) => Promise<Appended>;

/** A Kamailio that answers does so within milliseconds. */
const TIMEOUT_MS = 1_000;
const PATH = '/understudy/retry';
const ANSWER_BYTES = 64 * 1024;

export const appendBranch: AppendBranch = async (rpcUrl, branch) => {
  try {
    const { status } = await postJson(new URL(PATH, rpcUrl), branch, TIMEOUT_MS, ANSWER_BYTES);
    return status >= 200 && status < 300 ? 'appended' : 'refused';
  } catch {
    return 'unknown';
  }
};
