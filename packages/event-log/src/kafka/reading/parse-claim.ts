/** Partitions a member says it has; none if it says anything else, as a member of another version might. */
export const parseClaim = (userData: Buffer | undefined): readonly number[] => {
  const said = parseJson(userData?.toString() ?? '');
  return Array.isArray(said) ? said.filter((each): each is number => Number.isInteger(each)) : [];
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
};
