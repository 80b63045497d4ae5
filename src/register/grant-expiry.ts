import type { Expiry } from '../directory/contact-center.js';
import { Problem } from '../errors.js';
import type { ContactValue } from '../sip/contact.js';
import type { ParsedRegister } from './parse-register.js';

/**
 * The expiry of each contact (RFC 3261 §10.3 step 7): its own parameter, else the Expires field, else the default; never
 * above the maximum. Empty for `*`. Throws `interval_too_brief`, or `bad_request` for a `*` that isn't a withdrawal.
 */
export function grantExpiry(
  bounds: Expiry,
  { contact, expires }: Pick<ParsedRegister, 'contact' | 'expires'>,
): { contact: ContactValue; expires: number }[] {
  if (contact.star) {
    if (expires === 0) return [];
    throw Problem.badFields([{ field: '/contact', detail: '`*` needs an Expires of 0' }]);
  }
  return contact.contacts.map((value) => {
    const asked = value.expires ?? expires ?? bounds.default_seconds;
    if (asked > 0 && asked < bounds.min_seconds) {
      throw new Problem('interval_too_brief', `The shortest expiry is ${bounds.min_seconds} seconds`, {
        extra: { min_expires: bounds.min_seconds },
      });
    }
    return { contact: value, expires: Math.min(asked, bounds.max_seconds) };
  });
}
