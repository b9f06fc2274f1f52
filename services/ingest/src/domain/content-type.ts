/**
 * `json` is read as it is, `form` is what curl and wget put on any body unasked: fine if the bytes are JSON after all,
 * `other` is refused.
 */
export type ContentKind = 'json' | 'form' | 'other';

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';
/** RFC 9110 tokens on both sides of the slash, the second with the suffix of RFC 6839. */
const SUFFIXED = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]*\+json$/;

/** What the header says about the body; parameters (`charset`) are ignored, no header means JSON. */
export const contentKind = (header: string | undefined): ContentKind => {
  if (header === undefined || header === JSON_TYPE) return 'json';
  const semicolon = header.indexOf(';');
  const type = (semicolon === -1 ? header : header.slice(0, semicolon)).trim().toLowerCase();
  if (type === '' || type === JSON_TYPE || SUFFIXED.test(type)) return 'json';
  return type === FORM_TYPE ? 'form' : 'other';
};
