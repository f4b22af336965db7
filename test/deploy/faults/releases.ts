import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** What `current` is to point to: names of releases by their digests. */
export type Known = ReadonlyMap<string, string>;

/** Whether releases on devices are complete, looked at from outside, again and again. */
export class Releases {
  readonly #known: Known;
  /** Files that are the same by number, length and times are not hashed again. */
  readonly #hashes = new Map<string, string>();

  constructor(known: Known) {
    this.#known = known;
  }

  /** Hashes everything anew from now on. */
  forget(): void {
    this.#hashes.clear();
  }

  /** What is wrong in a device's folder `base`: sentences. `running` are digests that `current` may point to. */
  faults(base: string, running: readonly string[]): string[] {
    const faults = this.#currentFaults(base, running);
    for (const digest of readdirSync(join(base, 'releases'))) {
      const folder = join(base, 'releases', digest);
      const fault = this.#releaseFault(folder, digest);
      // It may have been removed since it was listed, whole, by a rename.
      if (fault !== undefined && existsSync(folder)) faults.push(`releases/${digest.slice(0, 8)} ${fault}`);
    }
    return faults;
  }

  #currentFaults(base: string, running: readonly string[]): string[] {
    const target = currentOf(base);
    if (target === undefined) return ['current is not there'];
    const fault = running.includes(target) ? this.#releaseFault(join(base, 'releases', target), target) : 'is none to run';
    if (fault === undefined || currentOf(base) !== target) return [];
    return [`current points to ${this.#known.get(target) ?? target}, which ${fault}`];
  }

  #releaseFault(folder: string, digest: string): string | undefined {
    try {
      if (!this.#known.has(digest)) return 'is none that was deployed';
      const sums = join(folder, 'SHA256SUMS');
      if (this.#hash(sums) !== digest) return 'has another SHA256SUMS than its name says';
      const lines = readFileSync(sums, 'utf8').trimEnd().split('\n');
      for (const line of lines) {
        const path = line.slice(66);
        if (this.#hash(join(folder, path)) !== line.slice(0, 64)) return `has ${path} not as SHA256SUMS says`;
      }
      const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((e) => !e.isDirectory());
      if (files.length !== lines.length + 1) return `has ${files.length} files in place of ${lines.length + 1}`;
      return undefined;
    } catch (error) {
      return `is not complete: ${(error as Error).message}`;
    }
  }

  #hash(path: string): string {
    const { ino, size, mtimeMs, ctimeMs } = lstatSync(path);
    const key = [path, ino, size, mtimeMs, ctimeMs].join(' ');
    const known = this.#hashes.get(key);
    if (known !== undefined) return known;
    const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
    this.#hashes.set(key, hash);
    return hash;
  }
}

/** The digest that `current` names; undefined where it is not there. */
export function currentOf(base: string): string | undefined {
  try {
    return readlinkSync(join(base, 'current')).replace(/^releases\//, '');
  } catch {
    return undefined;
  }
}

/** The fields of the file `activation`; none where it is not there. */
export function activationIn(base: string): ReadonlyMap<string, string> {
  try {
    const lines = readFileSync(join(base, 'activation'), 'utf8').trimEnd().split('\n');
    return new Map(lines.map((line) => [line.slice(0, line.indexOf('\t')), line.slice(line.indexOf('\t') + 1)]));
  } catch {
    return new Map();
  }
}

export const finalSteps: readonly string[] = ['done', 'failed', 'rolled-back', 'stuck'];
