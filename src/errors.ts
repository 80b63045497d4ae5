/**
 * The catalogue of errors that the API answers, as RFC 9457 `application/problem+json` with a stable `code`.
 * Nothing else in `src` writes a status or a code of an error.
 */
import { SipSyntaxError } from './sip/sip-syntax-error.js';

const CATALOGUE = {
  bad_request: { status: 400, title: 'The request is malformed' },
  unauthorized: { status: 401, title: 'Who asks is not known' },
  proof_required: { status: 401, title: "The phone must prove that it is the agent's" },
  forbidden: { status: 403, title: 'Who asks may not do this' },
  no_credentials: { status: 403, title: 'The agent has no credentials' },
  caller_not_allowed: { status: 403, title: 'This address may not be called from there' },
  unknown_agent: { status: 403, title: 'No such agent is provisioned' },
  contact_not_allowed: { status: 403, title: 'No phone may be called there' },
  unknown_node: { status: 403, title: 'No such node is provisioned' },
  not_found: { status: 404, title: 'Not found' },
  unknown_contact_center: { status: 404, title: 'No contact center has this domain' },
  unknown_address: { status: 404, title: 'Not an address of a contact center' },
  stale_cseq: { status: 409, title: 'The REGISTER is out of order' },
  conflict: { status: 409, title: 'The change conflicts with what is provisioned' },
  precondition_failed: { status: 412, title: 'The document has changed' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json' },
  interval_too_brief: { status: 423, title: 'The expiry is too short' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  no_target: { status: 480, title: 'Nobody is there' },
  internal: { status: 500, title: 'Internal error' },
  contact_center_down: { status: 503, title: 'The contact center is down' },
  node_unavailable: { status: 503, title: 'The node cannot be asked' },
  store_unavailable: { status: 503, title: 'The database does not answer' },
} as const;

export type ProblemCode = keyof typeof CATALOGUE;

/** One thing that is wrong with the request: a JSON pointer to the field and what is wrong with it. */
export interface FieldError {
  readonly field: string;
  readonly detail: string;
}

export class Problem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly title: string;
  readonly fields: readonly FieldError[];
  /** Members of the answer that belong to this code alone, such as `min_expires`. */
  readonly extra: Readonly<Record<string, unknown>>;
  /** Of the answer, such as Retry-After. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    detail: string,
    options: {
      fields?: readonly FieldError[];
      extra?: Record<string, unknown>;
      headers?: Record<string, string>;
      cause?: unknown;
    } = {},
  ) {
    super(detail, { cause: options.cause });
    this.code = code;
    this.status = CATALOGUE[code].status;
    this.title = CATALOGUE[code].title;
    this.fields = options.fields ?? [];
    this.extra = options.extra ?? {};
    this.headers = options.headers ?? {};
  }

  /** A `bad_request` that names its fields (JSON pointers, such as `/agents/3/skills/sales`). */
  static badFields(fields: readonly FieldError[]): Problem {
    const words = fields.map(({ field, detail }) => (field === '' ? detail : `${field}: ${detail}`));
    return new Problem('bad_request', words.join('; '), { fields });
  }

  /** What `parse` makes of a field of the request; a SipSyntaxError becomes a `bad_request` that names the field. */
  static inField<T>(field: string, parse: () => T): T {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof SipSyntaxError)) throw error;
      throw Problem.badFields([{ field, detail: error.message }]);
    }
  }

  /** The RFC 3339 time in a field of the request, ms since the epoch. */
  static timeInField(field: string, text: string): number {
    const at = Date.parse(text);
    // RFC 3339 knows leap seconds, JavaScript doesn't.
    if (Number.isNaN(at)) throw Problem.badFields([{ field, detail: 'is not a time' }]);
    return at;
  }

  toBody() {
    const [first] = this.fields;
    return {
      type: 'about:blank',
      title: this.title,
      status: this.status,
      code: this.code,
      detail: this.message,
      ...(first && { field: first.field, errors: this.fields }),
      ...this.extra,
    };
  }
}
