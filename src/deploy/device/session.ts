import type { Bundle } from '../../bundle/open.js';
import { ownFiles } from '../../bundle/paths.js';
import { connect } from '../../ssh/connect.js';
import type { SshOptions } from '../../ssh/settings.js';
import type { Connection } from '../../ssh/types.js';
import type { DeviceSpec } from '../fleet/device.js';
import { failureOf } from './failures.js';
import { acquire } from './lock.js';
import { type DevicePlan, type PlanOptions, planUpdate, requireFit, requireSignature, requireUsable } from './plan.js';
import { Ranges } from './ranges.js';
import { ScriptFailure, type Site } from './script.js';
import { type Survey, survey } from './survey.js';

/** How to get to devices, and in whose name. */
export interface Access {
  /** What holds for all devices; each adds its own. */
  readonly ssh: SshOptions;
  /** "anna@laptop": for locks and histories. */
  readonly by: string;
  readonly run: string;
  /** How long to wait for a lock, ms. */
  readonly lockWait: number;
}

/** Connects to a device, with its own keys and hosts to go through. Throws what {@link connect} throws. */
export const connectTo = ({ target, ssh }: DeviceSpec, options: SshOptions): Promise<Connection> =>
  connect(target, {
    ...options,
    ...(ssh.identityFiles && { identityFiles: ssh.identityFiles }),
    ...(ssh.jump !== undefined && { jump: ssh.jump }),
    ...(ssh.knownHostsFiles && { knownHostsFiles: ssh.knownHostsFiles }),
  });

/** A device that is connected to. Throws what `use` throws; failures of scripts as sentences. */
export async function withDevice<T>(
  device: DeviceSpec,
  name: string,
  digest: string,
  access: Access,
  use: (site: Site) => Promise<T>,
): Promise<T> {
  const connection = await connectTo(device, access.ssh);
  const site: Site = { connection, root: device.root, name, digest, token: '' };
  try {
    return await use(site);
  } catch (error) {
    throw asSentence(error, site);
  } finally {
    await connection.close();
  }
}

const asSentence = (error: unknown, site: Site): unknown => (error instanceof ScriptFailure ? failureOf(error, site) : error);

/** The same with the lock of that name on the device. */
export async function withLock<T>(
  site: Site,
  access: Access,
  onWait: (holder: string) => void,
  use: (site: Site) => Promise<T>,
): Promise<T> {
  const { token: _, ...place } = site;
  const lock = await acquire(place, { who: `${access.by}, run ${access.run}`, wait: access.lockWait, onWait });
  try {
    return await use(lock.site);
  } finally {
    if (site.connection.lost === undefined) await lock.release();
  }
}

/** Bytes of SHA256SUMS, which the signature is of. */
export async function sumsOf(bundle: Bundle): Promise<Uint8Array> {
  const { offset, bytes } = bundle.files.find((f) => f.path === ownFiles.sums) as Bundle['files'][number];
  const parts: Uint8Array[] = [];
  for await (const part of new Ranges(bundle.path, [{ offset, bytes }]).read()) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

/** Looks at the device and says what a deployment would do there. Throws RefusedError where it cannot take the bundle. */
export async function lookAndPlan(site: Site, bundle: Bundle, options: PlanOptions): Promise<{ survey: Survey; plan: DevicePlan }> {
  const found = await survey(site, bundle.files);
  requireUsable(site, found);
  requireFit(site, found, bundle);
  requireSignature(site, found, bundle, await sumsOf(bundle));
  return { survey: found, plan: await planUpdate(site, found, bundle, options) };
}
