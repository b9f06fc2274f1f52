/** All `$ref`s in a document, each once. */
export const referencesIn = (document: unknown): readonly string[] => {
  const found = new Set<string>();
  JSON.stringify(document, (key, value: unknown) => {
    if (key === '$ref' && typeof value === 'string') found.add(value);
    return value;
  });
  return [...found];
};

/** Those of them that lead nowhere. */
export const danglingReferencesIn = (document: unknown): readonly string[] =>
  referencesIn(document).filter((place) => {
    if (!place.startsWith('#/')) return true;
    let part = document;
    for (const segment of place.slice(2).split('/')) {
      part =
        typeof part === 'object' && part !== null
          ? Object.getOwnPropertyDescriptor(part, segment.replaceAll('~1', '/').replaceAll('~0', '~'))?.value
          : undefined;
    }
    return part === undefined;
  });
