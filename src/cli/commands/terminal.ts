import type { Values } from '../../config/settings.js';
import { type Progress, progressOn } from '../render/progress.js';
import { type Style, styleFor } from '../render/style.js';
import { printable } from '../render/text.js';

/** Where a command prints: results on stdout, progress and warnings on stderr. */
export interface Terminal {
  readonly style: Style;
  readonly progress: Progress;
  warn(sentence: string): void;
  /** Prints lines, or with --json the document alone. */
  result(document: unknown, lines: () => readonly string[]): void;
}

export async function openTerminal({ json, quiet }: Values): Promise<Terminal> {
  const [style, errorStyle] = await Promise.all([styleFor(process.stdout), styleFor(process.stderr)]);
  const progress = progressOn(process.stderr, errorStyle, { quiet });
  return {
    style,
    progress,
    warn: (sentence) => progress.note(`edgeml: ${errorStyle.warn('warning:')} ${printable(sentence)}`),
    result(document, lines) {
      progress.stop();
      const text = json ? JSON.stringify(document, null, 2) : lines().join('\n');
      if (text !== '') process.stdout.write(`${text}\n`);
    },
  };
}
