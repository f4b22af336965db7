/** Marks pieces of text for a terminal; on anything else the text stays as it is. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  warn(text: string): string;
  bad(text: string): string;
}

const asIs = (text: string): string => text;
const plain: Style = { bold: asIs, dim: asIs, good: asIs, warn: asIs, bad: asIs };

/** Colours where the stream is a terminal and NO_COLOR (https://no-color.org) is not set; chalk is loaded only then. */
export async function styleFor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): Promise<Style> {
  if (!stream.isTTY || env.NO_COLOR || env.TERM === 'dumb') return plain;
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: 1 });
  // One text each: chalk joins all that it is given, and `lines.map(style.dim)` gives the index too.
  return {
    bold: (text) => chalk.bold(text),
    dim: (text) => chalk.dim(text),
    good: (text) => chalk.green(text),
    warn: (text) => chalk.yellow.bold(text),
    bad: (text) => chalk.red(text),
  };
}
