/**
 * What an address is counted as. Of IPv6 it is the first 64 bits, since whoever has one such address has them all; an IPv4 address is
 * the same in either form.
 */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=[\d.]+$)/i, '');
  if (!plain.includes(':')) return plain;
  const [left = '', right] = plain.replace(/%.*/, '').split('::', 2);
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  // An IPv4 address at its end stands for two groups.
  const groups = head.length + tail.length + (plain.includes('.') ? 1 : 0);
  const all = [...head, ...Array<string>(right === undefined ? 0 : Math.max(0, 8 - groups)).fill('0'), ...tail];
  return `${all
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
