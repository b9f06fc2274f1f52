import type { RawHeaders } from '@earshot/runtime';

/** The revision of what is answered, to be sent back as If-Match. */
export const etagOf = (revision: number | null): RawHeaders => (revision === null ? [] : ['ETag', `"${revision}"`]);

const ETAG = /^"(\d{1,15})"$/;

/**
 * The revisions a change insists on; null for none, or any. Weak tags and ones that were not made here match nothing, as the
 * comparison has to be strong.
 */
export const parseIfMatch = (header: string | undefined): readonly number[] | null => {
  if (header === undefined || header.trim() === '*') return null;
  return header.split(',').flatMap((tag) => {
    const revision = ETAG.exec(tag.trim())?.[1];
    return revision === undefined ? [] : [Number(revision)];
  });
};
