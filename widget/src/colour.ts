/** One colour from the site's owner, made readable on light and on dark ground. */

type Rgb = [number, number, number];
const AAA = 7.1; // 7:1 with a little to spare for rounding
const LIGHT_GROUND: Rgb = [233, 242, 249]; // --tint in the light scheme of style.css, the darkest ground of links
const DARK_GROUND: Rgb = [29, 43, 56]; // the same in the dark one

function parse(hex: string): Rgb | null {
  const found = /^#?([0-9a-f]{6}|[0-9a-f]{3})$/i.exec(hex.trim());
  if (!found) return null;
  const digits = found[1] as string;
  const full = digits.length === 3 ? digits.replace(/./g, "$&$&") : digits;
  return [0, 2, 4].map((at) => parseInt(full.slice(at, at + 2), 16)) as Rgb;
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** `colour` moved towards `end` until it can be read on `ground`. */
function readable(colour: Rgb, ground: Rgb, end: number): Rgb {
  for (let share = 0; share <= 1; share += 0.05) {
    const moved = colour.map((value) => Math.round(value + (end - value) * share)) as Rgb;
    if (contrast(moved, ground) >= AAA) return moved;
  }
  return [end, end, end];
}

/** Less than this is not read as text at all, WCAG 2.2 AA says. */
const AA = 4.5;

/** The custom properties for `hex`, and for the `text` upon it where it can be read there; none where it is no colour. */
export function brandOf(hex: string, text = ""): Record<string, string> {
  const colour = parse(hex);
  if (!colour) return {};
  const css = (value: Rgb): string => `rgb(${value.join(" ")})`;
  const light = readable(colour, LIGHT_GROUND, 0);
  const on = parse(text);
  return {
    "--brand-light": css(light),
    "--brand-dark": css(readable(colour, DARK_GROUND, 255)),
    ...(on && contrast(on, light) >= AA && { "--on-brand-light": css(on) }),
  };
}
