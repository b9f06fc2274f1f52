/** A part of a document as plain JSON. */
export type Part = Readonly<Record<string, unknown>>;

/** Parts that have a place of their own, by their place: `#/components/schemas/System`. */
export type NamedParts = ReadonlyMap<unknown, string>;

/** Components by kind, then by name. */
export type Components = Readonly<Record<string, Readonly<Record<string, object>>>>;

/** Where the document has each of the components. */
export const placesOf = (components: Components): NamedParts =>
  new Map(
    Object.entries(components).flatMap(([kind, parts]) =>
      Object.entries(parts).map(([name, part]): [unknown, string] => [part, `#/components/${kind}/${name}`]),
    ),
  );

const membersOf = (part: object): readonly [string, unknown][] => Object.entries(part);

const refer = (part: unknown, named: NamedParts): unknown => {
  const place = named.get(part);
  if (place !== undefined) return { $ref: place };
  if (Array.isArray(part)) return part.map((each) => refer(each, named));
  return typeof part === 'object' && part !== null ? referWithin(part, named) : part;
};

const referWithin = (part: object, named: NamedParts): Part =>
  Object.fromEntries(membersOf(part).map(([key, value]) => [key, refer(value, named)]));

/**
 * Copies of the parts in which every named part inside them is a reference to its place. Parts are told by identity:
 * whoever uses one writes it down as it is, and need not know that it has a name.
 */
export const referWithinEach = (
  parts: Readonly<Record<string, object>>,
  named: NamedParts,
): Readonly<Record<string, Part>> =>
  Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, referWithin(part, named)]));
