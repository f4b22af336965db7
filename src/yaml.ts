import { UsageError } from './errors.js';

/** A YAML document, and where its parts stand. */
export interface YamlFile {
  /** Plain data; an empty document is an empty object. */
  readonly content: unknown;
  /** `file:line:column` of the value at `path`, or of the nearest part that encloses it. */
  placeOf(path: readonly PropertyKey[]): string;
  /** `file:line:column` of a key of the mapping at `path`. */
  placeOfKey(path: readonly PropertyKey[], key: string): string;
}

/** Parses YAML 1.2. Throws UsageError with file, line and column where it is not valid, or where its aliases multiply without bound. */
export async function parseYaml(file: string, text: string): Promise<YamlFile> {
  const { LineCounter, parseDocument, isMap, isScalar, visit } = await import('yaml');
  const lines = new LineCounter();
  // The library's own check of keys compares each with each: seconds for a fleet of ten thousand devices.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error', uniqueKeys: false });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const [fault] = document.errors;
  if (fault) throw new UsageError(`${place(fault.pos[0])}: this is not valid YAML: ${fault.message.replace(/\.$/, '')}.`);
  visit(document, {
    Map(_, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) throw new UsageError(`${place(key.range?.[0] ?? 0)}: this is not valid YAML: Map keys must be unique.`);
        seen.add(key.value);
      }
    },
  });
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}. Write the values out instead of using aliases.`, { cause: error });
  }
  const nodeAt = (path: readonly PropertyKey[]): unknown => (path.length === 0 ? document.contents : document.getIn(path, true));
  const placeOf = (path: readonly PropertyKey[]): string => {
    for (let depth = path.length; depth >= 0; depth--) {
      const node = nodeAt(path.slice(0, depth)) as { range?: readonly number[] | null } | null | undefined;
      if (node?.range) return place(node.range[0]);
    }
    return file;
  };
  return {
    content,
    placeOf,
    placeOfKey(path, key) {
      const node = nodeAt(path);
      const found = isMap(node) ? node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key)?.key : undefined;
      return isScalar(found) && found.range ? place(found.range[0]) : placeOf(path);
    },
  };
}
