/** One REGISTER that a Kamailio is asked to make: a binding of an address, or its withdrawal when `expires` is 0. */
export interface Registration {
  readonly aor: string;
  readonly contact: string;
  /** In thousandths. */
  readonly q: number;
  readonly expires: number;
  readonly role: 'contact_center' | 'agent' | 'treatment';
  readonly call_id: string;
  readonly cseq: number;
  readonly path: string | null;
  readonly received: string | null;
  readonly instance: string | null;
  readonly reg_id: number | null;
}
