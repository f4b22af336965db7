import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type BundleOptions, createBundle } from '../../../src/bundle/build.js';
import { sha256Of } from '../../../src/bundle/sums.js';
import { deploy } from '../../../src/deploy/index.js';
import type { DeployOptions } from '../../../src/deploy/options.js';
import type { RolloutReport } from '../../../src/deploy/rollout/types.js';
import type { SshOptions } from '../../../src/ssh/settings.js';
import { noise, writeSmallModel } from '../../cli/small-model.js';

/** A working directory with a model, bundles and runs; removed afterwards. */
export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), 'edgeml-deploy-'));
  #count = 0;

  constructor() {
    afterAll(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  at(name: string): string {
    return join(this.folder, name);
  }

  async model(name = 'small.tflite'): Promise<string> {
    const path = this.at(name);
    if (!existsSync(path)) await writeSmallModel(path);
    return path;
  }

  /** A bundle called `app` of a small model and files: a text is the content, a number so many bytes of noise. */
  async bundle(version: string, files: Readonly<Record<string, string | Uint8Array>> = {}, options: BundleOptions = {}): Promise<string> {
    const source = this.at(`files-${this.#count++}`);
    mkdirSync(source);
    const add = Object.entries(files).map(([name, content]) => {
      const path = join(source, name.replaceAll('/', '_'));
      writeFileSync(path, content);
      return `${path}=${name}`;
    });
    const { path } = await createBundle([await this.model()], this.at(`app-${version}-${this.#count}.edgeml`), {
      ...{ name: 'app', version, add: [...add, ...(options.add ?? [])], golden: false },
      ...options,
      ...(add.length > 0 && { add: [...add, ...(options.add ?? [])] }),
    });
    return path;
  }

  /** Deploys with everything written down in a folder of its own, and one try only. */
  deploy(bundle: string, targets: readonly string[], ssh: SshOptions, options: Partial<DeployOptions> = {}): Promise<RolloutReport> {
    const rollout = { waves: [{ share: 1 }], retries: 0, ...options.rollout };
    return deploy(bundle, { targets, ssh, state: this.at('state'), ...options, rollout });
  }
}

/** Bytes that look random and are the same everywhere. */
export const noiseBytes = (seed: number, bytes: number): Uint8Array => new Uint8Array(noise(seed, Math.ceil(bytes / 4)).buffer, 0, bytes);

/** What `current` of a device points to; checked to be a complete release: every file is what SHA256SUMS says. */
export function currentRelease(home: string, name = 'app'): { digest: string; folder: string } | undefined {
  const link = join(home, 'edgeml', name, 'current');
  if (!lstatSync(link, { throwIfNoEntry: false })) return undefined;
  const digest = readlinkSync(link).replace(/^releases\//, '');
  const folder = join(home, 'edgeml', name, 'releases', digest);
  const fault = faultOf(folder, digest);
  if (fault) throw new Error(`${folder}: ${fault}`);
  return { digest, folder };
}

/** What is wrong with a release; undefined where nothing is. */
export function faultOf(folder: string, digest: string): string | undefined {
  const sums = readFileSync(join(folder, 'SHA256SUMS'), 'utf8');
  if (sha256Of(sums) !== digest) return 'its digest is not its name';
  for (const line of sums.split('\n').slice(0, -1)) {
    if (sha256Of(readFileSync(join(folder, line.slice(66)))) !== line.slice(0, 64)) return `${line.slice(66)} is not what it should be`;
  }
  return undefined;
}

/** Names in the folder of a bundle on a device, sorted. */
export const thereIs = (home: string, name = 'app'): string[] => {
  const folder = join(home, 'edgeml', name);
  return existsSync(folder) ? readdirSync(folder).sort() : [];
};
