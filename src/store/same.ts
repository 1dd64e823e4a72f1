/** Whether two objects of one type have identical fields. */
export function same<T extends object>(a: T, b: T): boolean {
  for (const name in b) if (a[name] !== b[name]) return false;
  return true;
}
