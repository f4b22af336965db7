import { elide, printable } from './format.js';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text for HTML and SVG, as content and within quoted attributes. Names of models, layers and devices are foreign input. */
export const escaped = (text: string): string => printable(text).replace(/[&<>"']/g, (c) => entities[c]);

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** ` a="1" b="x"`; values are escaped, numbers rounded to what a screen shows. */
export function attributes(all: Attributes): string {
  return Object.entries(all)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${typeof value === 'number' ? pixels(value) : escaped(String(value))}"`)
    .join('');
}

/** Two decimals are finer than any screen. */
export const pixels = (x: number): string => String(Math.round(x * 100) / 100);

/** An element with `content` as it is: escaped text first. */
export const element = (name: string, all: Attributes, content: string | readonly string[] = ''): string =>
  `<${name}${attributes(all)}>${typeof content === 'string' ? content : content.join('')}</${name}>`;

/** An SVG image that fills its column, with a name and a description for those who do not see it. */
export function svg(
  { id, width, height, title, description }: Readonly<Record<'width' | 'height', number> & Record<'id' | 'title' | 'description', string>>,
  content: readonly string[],
): string {
  const body = [element('title', { id: `${id}-t` }, escaped(title)), element('desc', { id: `${id}-d` }, escaped(description)), ...content];
  return element(
    'svg',
    {
      viewBox: `0 0 ${pixels(width)} ${pixels(height)}`,
      role: 'img',
      'aria-labelledby': `${id}-t ${id}-d`,
      preserveAspectRatio: 'xMinYMin',
    },
    body,
  );
}

/** SVG text, cut to `room` pixels where it is given. */
export const text = (x: number, y: number, content: string, all: Attributes & { readonly room?: number } = {}): string => {
  const { room, ...rest } = all;
  return element('text', { x, y, ...rest }, escaped(room === undefined ? content : elideTo(content, room)));
};

/** Fonts differ from machine to machine; this is the mean width of a character, at 11 px, in one of the widest (DejaVu Sans). */
const characterWidth = 6.7;

/** Pixels that a text takes at most, roughly. */
export const widthOf = (content: string): number => content.length * characterWidth;

/** A text cut in its middle to so many pixels. */
export const elideTo = (content: string, room: number): string => elide(content, Math.max(1, Math.floor(room / characterWidth)));
