/** Where code is shown in the package's own looks, the worst case of each scheme (`--sluice-surface`, `--sluice-surface-sunken`). */
const surfaces = { light: [0xf6, 0xf6, 0xf4], dark: [0x1b, 0x1d, 0x20] } as const;

type Rgb = readonly [number, number, number];

/**
 * A theme's colour, moved towards black or white until it stands out from the surface by `ratio`
 * (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio). What is no hexadecimal colour stays as it is.
 */
export function readable(color: string, scheme: 'light' | 'dark', ratio: number): string {
  const parsed = parse(color);
  if (parsed === undefined) return color;
  const surface = surfaces[scheme];
  const towards = scheme === 'light' ? 0 : 255;
  for (let step = 0; step <= 20; step += 1) {
    const share = step / 20;
    const mixed: Rgb = [mix(parsed[0], towards, share), mix(parsed[1], towards, share), mix(parsed[2], towards, share)];
    if (contrast(mixed, surface) >= ratio) return step === 0 ? color : format(mixed);
  }
  return color;
}

function parse(color: string): Rgb | undefined {
  const short = /^#([\da-f])([\da-f])([\da-f])$/i.exec(color);
  const digits = short ? short.slice(1).map((digit) => digit + digit) : /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(color)?.slice(1);
  const [red, green, blue] = (digits ?? []).map((pair) => Number.parseInt(pair, 16));
  return red === undefined || green === undefined || blue === undefined ? undefined : [red, green, blue];
}

function format(color: Rgb): string {
  return `#${color.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

function mix(from: number, to: number, share: number): number {
  return Math.round(from + (to - from) * share);
}

function contrast(a: Rgb, b: Rgb): number {
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].sort((left, right) => left - right);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function linear(channel: number): number {
  const value = channel / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}
