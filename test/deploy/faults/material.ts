import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBundle } from '../../../src/bundle/build.js';
import { ensureBuilt } from '../../cli/build.js';
import { writeSmallModel } from '../../cli/small-model.js';
import { projectRoot } from '../../shared.js';
import { guard } from '../../ssh/guard.js';
import { type DeviceOptions, Fleet } from '../bed/fleet.js';
import { type Edgeml, runEdgeml, writeFleetFile } from './edgeml.js';

export interface Release {
  readonly bundle: string;
  readonly digest: string;
  readonly version: string;
}

/** What all runs share. */
export interface Material {
  readonly folder: string;
  /** The command line as it was when the series began: somebody may build another meanwhile. */
  readonly edgeml: Edgeml;
  /** `first` and `old` are on every device, `old` runs there; `next` is to come. */
  readonly releases: { readonly first: Release; readonly old: Release; readonly next: Release };
  /** A device's folder with the first two. */
  readonly template: string;
  close(): Promise<void>;
}

/** Deployed under this name. */
export const appName = 'camera';

/** Devices have ONNX Runtime for Node, so that golden inputs are run. */
export const deviceOptions = (): DeviceOptions => ({ env: { NODE_PATH: join(projectRoot, 'node_modules') } });

/** Makes bundles and deploys the first two of them, undisturbed, to the device that all others begin as. */
export async function makeMaterial(): Promise<Material> {
  await ensureBuilt();
  const folder = mkdtempSync(join(tmpdir(), 'edgeml-faults-'));
  const guarded = guard('rm -rf "$1"', [folder]);
  const close = (): Promise<void> => guarded.release();
  try {
    for (const part of ['bin', 'dist', 'package.json']) cpSync(join(projectRoot, part), join(folder, 'edgeml', part), { recursive: true });
    symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'edgeml/node_modules'));
    const edgeml: Edgeml = { bin: join(folder, 'edgeml/bin/edgeml.js'), home: join(folder, 'home') };
    mkdirSync(edgeml.home);
    await writeSmallModel(join(folder, 'small.onnx'));
    const releases = {
      first: await release(folder, '1.0', { weights: [1, 1, 1], table: 7, extra: 0 }),
      old: await release(folder, '1.1', { weights: [1, 2, 3], table: 5, extra: 0 }),
      next: await release(folder, '1.2', { weights: [1, 4, 3], table: 5, extra: 6 }),
    };
    const template = await deployBoth(folder, edgeml, [releases.first, releases.old]);
    return { folder, edgeml, releases, template, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Seeds of what is in it. `weights` is large enough to be sent as a difference, and a part of it is new in each release; `table` is
 * linked where it is the same; `extra` and `labels` are sent whole.
 */
async function release(folder: string, version: string, seeds: { weights: number[]; table: number; extra: number }): Promise<Release> {
  const content = join(folder, version);
  mkdirSync(content);
  writeFileSync(join(content, 'weights.bin'), Buffer.concat(seeds.weights.map((seed) => bytesOf(seed, 450_000))));
  writeFileSync(join(content, 'table.bin'), bytesOf(seeds.table, 200_000));
  writeFileSync(join(content, 'labels.txt'), `labels of ${version}\n`);
  if (seeds.extra > 0) writeFileSync(join(content, 'extra.bin'), bytesOf(seeds.extra, 300_000));
  const { path, digest } = await createBundle([join(folder, 'small.onnx')], join(folder, `${version}.edgeml`), {
    ...{ name: appName, version, add: [`${content}=data`] },
  });
  return { bundle: path, digest, version };
}

function bytesOf(seed: number, count: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(count / 32) }, (_, i) => createHash('sha256').update(`${seed} ${i}`).digest());
  return Buffer.concat(blocks, count);
}

async function deployBoth(folder: string, edgeml: Edgeml, releases: readonly Release[]): Promise<string> {
  const fleet = await Fleet.start(1, deviceOptions);
  try {
    const [device] = fleet.devices;
    const place = join(folder, 'template-fleet');
    mkdirSync(place);
    writeFleetFile(place, fleet, [{ ...device, address: device.server, root: '~/edgeml' }]);
    for (const { bundle } of releases) {
      const ran = await runEdgeml(edgeml, place, ['deploy', bundle]).ended;
      if (ran.code !== 0) throw new Error(`The first releases could not be deployed: ${ran.stderr}${ran.stdout}`);
    }
    const template = join(folder, 'template');
    cpSync(join(device.home, 'edgeml'), template, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    return template;
  } finally {
    await fleet.close();
  }
}

/** Puts the template's content into a device's folder. */
export function beginAs(template: string, root: string): void {
  mkdirSync(root, { recursive: true });
  cpSync(template, root, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
}
