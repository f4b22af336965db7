import type { z } from 'zod';
import { UsageError } from '../../errors.js';
import type { YamlFile } from '../../yaml.js';
import { aboutKey } from './unknown-keys.js';

type Path = readonly PropertyKey[];

/** How many faults of a file are told at once: a slip in a script that writes the file gives one per device. */
const most = 100;

/** The keys of a mapping, and what is said about those that stand at the wrong place. */
export interface KnownKeys {
  at(path: Path): readonly string[];
  elsewhere?(key: string): string | undefined;
}

/** Gathers what is wrong with a file, so that all of it is told at once. */
export class Faults {
  readonly #yaml: YamlFile;
  readonly #found: { readonly place: () => string; readonly sentence: () => string }[] = [];

  constructor(yaml: YamlFile) {
    this.#yaml = yaml;
  }

  get any(): boolean {
    return this.#found.length > 0;
  }

  /** A fault of the value at `path`; the sentence begins after the path and has no stop unless it ends in a question. */
  add(path: Path, fault: string | (() => string)): void {
    this.#put(() => this.#yaml.placeOf(path), path, fault);
  }

  /** A fault of a key of the mapping at `path`. */
  addKey(path: Path, key: string, fault: string | (() => string)): void {
    this.#put(() => this.#yaml.placeOfKey(path, key), [...path, key], fault);
  }

  #put(place: () => string, path: Path, fault: string | (() => string)): void {
    // Of a list, the place says which.
    const at = path.filter((p) => typeof p !== 'number').join('.');
    const sentence = () => `${at ? `${at}: ` : ''}${typeof fault === 'string' ? fault : fault()}`;
    this.#found.push({ place, sentence: () => stop(sentence()) });
  }

  /**
   * The mapping as the schema reads it. What is wrong with it is noted; the fields that are sound come back all the same, so that
   * what is wrong between them and other parts of the file is told too.
   */
  check<S extends z.ZodRawShape>(schema: z.ZodObject<S>, value: unknown, path: Path, known: KnownKeys): Partial<z.output<z.ZodObject<S>>> {
    const result = schema.safeParse(value);
    if (result.success) return result.data as Partial<z.output<z.ZodObject<S>>>;
    const { issues } = result.error;
    for (const issue of issues) this.#issue(issue, path, known);
    if (issues.some((i) => i.path.length === 0 && i.code !== 'unrecognized_keys')) return {};
    const faulty = new Set(issues.flatMap((i) => (i.path.length === 0 && i.code === 'unrecognized_keys' ? i.keys : [String(i.path[0])])));
    const sound = Object.fromEntries(Object.entries(value as object).filter(([key]) => !faulty.has(key)));
    return (schema.safeParse(sound).data ?? {}) as Partial<z.output<z.ZodObject<S>>>;
  }

  #issue(issue: z.core.$ZodIssue, base: Path, known: KnownKeys): void {
    const path = [...base, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      const where = path.length > 0 ? ` in ${path.map(String).join('.')}` : '';
      for (const key of issue.keys) {
        const keys = known.at(issue.path);
        const elsewhere = issue.path.length === 0 ? known.elsewhere?.(key) : undefined;
        this.#found.push({ place: () => this.#yaml.placeOfKey(path, key), sentence: () => aboutKey(key, where, keys, elsewhere) });
      }
    } else if (issue.code === 'invalid_union') {
      // The branch that the value was meant for says more than the union does.
      const meant = issue.errors.find((branch) => !branch.some((i) => i.path.length === 0 && i.code === 'invalid_type'));
      if (!meant) this.add(path, issue.message);
      else for (const inner of meant) this.#issue({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue, base, known);
    } else if (issue.code === 'invalid_key') {
      this.addKey(path.slice(0, -1), String(path.at(-1)), issue.issues[0]?.message ?? issue.message);
    } else this.add(path, issue.message);
  }

  /** Throws UsageError with one line per fault, in the order of the file; nothing where there is none. */
  throwIfAny(): void {
    if (this.#found.length === 0) return;
    const told = this.#found.slice(0, most).map(({ place, sentence }) => ({ place: place(), sentence: sentence() }));
    told.sort((a, b) => position(a.place) - position(b.place));
    const more = this.#found.length - told.length;
    const lines = told.map((f) => `${f.place}: ${f.sentence}`);
    throw new UsageError([...lines, ...(more > 0 ? [`… and ${more} more fault${more === 1 ? '' : 's'}.`] : [])].join('\n'));
  }
}

const stop = (sentence: string): string => (/[.?]$/.test(sentence) ? sentence : `${sentence}.`);

/** Line and column of `file:line:column` as one number; a file without either comes first. */
function position(place: string): number {
  const [, line, column] = /:(\d+):(\d+)$/.exec(place) ?? [];
  return Number(line ?? 0) * 1e6 + Number(column ?? 0);
}
