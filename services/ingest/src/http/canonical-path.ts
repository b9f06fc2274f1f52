/** Characters that mean the same percent-encoded or not (RFC 3986, 2.3). */
const UNRESERVED = /[A-Za-z0-9\-._~]/;
const ENCODED = /%([0-9A-Fa-f]{2})?/g;
const ORIGIN = /^https?:\/\/[^/?#]*/i;

/**
 * A request's target as the routes know it: without an origin (which proxies may send), and with needless
 * percent-encoding undone. Null for encoding that is none.
 */
export const canonicalTarget = (target: string): string | null => {
  const path = target.replace(ORIGIN, '');
  let isValid = true;
  const canonical = path.replace(ENCODED, (text, hex: string | undefined) => {
    if (hex === undefined) isValid = false;
    const character = String.fromCharCode(Number.parseInt(hex ?? '0', 16));
    return UNRESERVED.test(character) ? character : text;
  });
  if (!isValid) return null;
  return canonical.startsWith('/') ? canonical : `/${canonical}`;
};
