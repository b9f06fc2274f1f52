/** What a sender says about itself. */
export interface BasicCredentials {
  readonly username: string;
  readonly secret: string;
}

/** The scheme in any case, then the base64 text; padding is required, so that one credential has one spelling. */
const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i;
const CONTROL = /\p{Cc}/u;

/** The base64 text of an `Authorization: Basic` header; null for another scheme or text that base64 cannot be. */
export const basicToken = (header: string): string | null => {
  const token = BASIC.exec(header)?.[1];
  return token === undefined || token.length % 4 !== 0 ? null : token;
};

/**
 * The pair in decoded credentials, split at the last colon: ids and fleet names may contain colons, secrets never do.
 * Null where a part is missing or a control character is in it.
 */
export const splitCredentials = (text: string): BasicCredentials | null => {
  const colon = text.lastIndexOf(':');
  if (colon < 1 || colon === text.length - 1 || CONTROL.test(text)) return null;
  return { username: text.slice(0, colon), secret: text.slice(colon + 1) };
};
