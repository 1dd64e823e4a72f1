/** Whether two objects have the same in each field; objects and lists in them are looked into, `levels` deep. */
export function sameValues(a: object, b: object, levels = 1): boolean {
  if (a === b) return true;
  const from = Object.entries(a);
  return (
    from.length === Object.keys(b).length &&
    from.every(([name, value]) => {
      const other: unknown = Reflect.get(b, name);
      if (Object.is(value, other)) return name in b;
      return levels > 0 && isPlain(value) && isPlain(other) && sameValues(value, other, levels - 1);
    })
  );
}

function isPlain(value: unknown): value is object {
  return Array.isArray(value) || (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype);
}
