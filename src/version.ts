import { readFileSync } from 'node:fs';

let version: string | undefined;

/** edgeml's own version. */
export const edgemlVersion = (): string => {
  version ??= (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;
  return version;
};
