import { Slots } from '../concurrent.js';
import { DeviceError, exitCodes, OfflineError, UsageError } from '../errors.js';
import type { Site } from './device/script.js';
import { type Access, withDevice } from './device/session.js';
import { whoAmI } from './devices.js';
import type { DeviceSpec } from './fleet/device.js';
import { type FleetOptions, lookingSsh, rolloutDefaults } from './options.js';
import { withoutSecrets } from './secrets.js';

/** What a look at one device gave. */
export type Looked<T> =
  | { readonly device: DeviceSpec; readonly found: T; readonly failed?: undefined }
  | { readonly device: DeviceSpec; readonly failed: 'refused' | 'offline'; readonly why: string; readonly reached: boolean };

/**
 * Connects to every device, some at a time, and looks at it; changes nothing, here or there. `name` is that of a bundle, `digest`
 * that of a release or ''. What fails on a device is its result; anything else is thrown.
 */
export async function lookAtAll<T>(
  devices: readonly DeviceSpec[],
  { name, digest }: Pick<Site, 'name' | 'digest'>,
  options: FleetOptions & { readonly connections?: number },
  look: (site: Site, device: DeviceSpec) => Promise<T>,
): Promise<Looked<T>[]> {
  const access: Access = { by: whoAmI(), run: 'look', lockWait: 0, ssh: lookingSsh(options) };
  const turns = new Slots(options.connections ?? rolloutDefaults.connections);
  return Promise.all(
    devices.map((device) =>
      turns.run(async (): Promise<Looked<T>> => {
        let reached = false;
        try {
          const found = await withDevice(device, name, digest, access, (site) => {
            reached = true;
            return look(site, device);
          });
          return { device, found };
        } catch (error) {
          if (!(error instanceof DeviceError || error instanceof UsageError)) throw error;
          const why = withoutSecrets(error.message, device.variables);
          return { device, failed: error instanceof OfflineError ? 'offline' : 'refused', why, reached };
        }
      }),
    ),
  );
}

/** 0 where all devices could be looked at and nothing is in the way, 4 where none could be reached, 5 otherwise. */
export function lookExitCode(looked: readonly Looked<unknown>[]): number {
  if (looked.every((l) => l.failed === undefined)) return exitCodes.done;
  return looked.every((l) => l.failed !== undefined && !l.reached) ? exitCodes.device : exitCodes.partial;
}
