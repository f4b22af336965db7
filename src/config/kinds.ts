/** What a setting holds; the same on the command line, in EDGEML_* and in edgeml.yaml. */
export type Kind =
  | { readonly kind: 'switch' }
  | { readonly kind: 'text' }
  /** In edgeml.yaml: relative to the file's own folder. */
  | { readonly kind: 'path' }
  | { readonly kind: 'choice'; readonly words: readonly string[] }
  /** One or several of the words, each once. */
  | { readonly kind: 'choices'; readonly words: readonly string[] }
  | { readonly kind: 'names' }
  /** Like names, but the flag is repeated instead of being split at commas. */
  | { readonly kind: 'patterns' }
  /** Like patterns; in edgeml.yaml each relative to the file's own folder. */
  | { readonly kind: 'paths' }
  | { readonly kind: 'integer'; readonly min: number }
  | { readonly kind: 'number'; readonly above?: number; readonly max?: number }
  /** One number, or one per channel. */
  | { readonly kind: 'numbers' }
  /** Bytes: `65536`, `64K` (1024), `1M`. */
  | { readonly kind: 'bytes' }
  /** Milliseconds: `800us`, `20ms`, `0.5s`, `10m`, `24h`, `2d`; a plain number is milliseconds. */
  | { readonly kind: 'duration' }
  /** Milliseconds of waiting, with a unit: `30s`, `10m`, `24h`, `2d`. */
  | { readonly kind: 'period' }
  /** A share of 1: `1%` or `0.01`. */
  | { readonly kind: 'share' }
  /** Input name to shape; '' for the only input. */
  | { readonly kind: 'shapes' }
  /** Input name to data settings; in edgeml.yaml only. */
  | { readonly kind: 'per-input' };

/** The TypeScript type of a kind's value. */
export type ValueOf<K extends Kind> = K extends { kind: 'switch' }
  ? boolean
  : K extends { kind: 'choice'; words: readonly (infer W)[] }
    ? W
    : K extends { kind: 'choices'; words: readonly (infer W)[] }
      ? readonly W[]
      : K extends { kind: 'names' | 'patterns' | 'paths' }
        ? readonly string[]
        : K extends { kind: 'integer' | 'number' | 'share' | 'bytes' | 'duration' | 'period' }
          ? number
          : K extends { kind: 'numbers' }
            ? number | readonly number[]
            : K extends { kind: 'shapes' }
              ? Readonly<Record<string, readonly number[]>>
              : K extends { kind: 'per-input' }
                ? Readonly<Record<string, Readonly<Record<string, unknown>>>>
                : string;

export interface Setting {
  readonly type: Kind;
  /** What `--help` shows for the value; absent for a switch. */
  readonly value?: string;
  readonly short?: string;
  /** What the flag and the key in edgeml.yaml are called, where the name is another verb's already. */
  readonly flag?: string;
  /** The flag is `--no-…`; the setting itself is on by default. */
  readonly negated?: boolean;
  /** Where it may be given; absent: everywhere. */
  readonly only?: 'yaml' | 'flags';
  readonly about: string;
  /** Words that are no path, though the setting takes one. */
  readonly plain?: readonly string[];
  /** What a flag without a value stands for; it shows the value as optional. */
  readonly bare?: string;
  /** Where a verb means something else by it: what its `--help` says instead. */
  readonly elsewhere?: Readonly<Record<string, { readonly value: string; readonly about: string }>>;
}
