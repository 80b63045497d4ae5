/**
 * Text from the wire that isn't the SIP it should be. The message says which part is wrong and never repeats the text,
 * so it may be logged and answered as it stands.
 */
export class SipSyntaxError extends Error {
  override readonly name = 'SipSyntaxError';
}
