import { type Call, isObject } from './json-rpc.js';
import { TABLE } from './usrloc-aor.js';

/**
 * The addresses for which a registrar holds anything, as usrloc has them. With the contacts, Kamailio's own memory for one
 * answer (8 MB by default) is full at some 4,000 of them, and it then answers nothing at all.
 */
export async function ulDumpBrief(call: Call): Promise<string[]> {
  const result = await call('ul.dump', ['brief']);
  const domains: unknown[] = isObject(result) && Array.isArray(result.Domains) ? result.Domains : [];
  return domains.flatMap((item) => {
    const domain: unknown = isObject(item) ? item.Domain : undefined;
    if (!isObject(domain) || domain.Domain !== TABLE || !Array.isArray(domain.AoRs)) return [];
    return domain.AoRs.flatMap((one: unknown) =>
      isObject(one) && typeof one.AoR === 'string' ? [one.AoR] : [],
    );
  });
}
