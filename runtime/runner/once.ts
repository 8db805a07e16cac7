const told = new WeakMap<object, Set<string>>();

/** True the first time for this owner and key. A server's log is the owner, so that it hears each thing once. */
export function isFirst(owner: object, key: string): boolean {
  const keys = told.get(owner) ?? new Set();
  told.set(owner, keys);
  if (keys.has(key)) return false;
  keys.add(key);
  return true;
}
