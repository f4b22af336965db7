import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SshOptions } from '../../../src/ssh/settings.js';
import { type Address, type Server, type ServerOptions, Servers } from '../../ssh/server.js';

export interface DeviceOptions extends ServerOptions {
  /** Commands of its own, in front of the machine's: name and text for `sh`, e.g. `{ uname: 'echo aarch64' }`. */
  readonly commands?: Readonly<Record<string, string>>;
}

/** A device of a fleet: an sshd with a HOME and a PATH of its own. The rest of the file system is this machine's. */
export interface Device {
  /** `device-001` and so on. */
  readonly name: string;
  readonly target: string;
  /** What `~` is there. */
  readonly home: string;
  readonly server: Server;
  /** Puts a command in front of the machine's own: text for `sh`, in place of an earlier one. */
  plant(command: string, text: string): void;
}

/** Started side by side: more at a time would only wait for processors. */
const lanes = 16;

/** Many devices on this machine. However the tests end, no process and no folder of it is left. */
export class Fleet {
  readonly devices: readonly Device[];
  readonly servers: Servers;

  private constructor(devices: readonly Device[], servers: Servers) {
    this.devices = devices;
    this.servers = servers;
  }

  /** Starts `count` devices, at most 250; `options` says what the device at an index has that others have not. */
  static async start(count: number, options: (index: number) => DeviceOptions = () => ({})): Promise<Fleet> {
    const servers = new Servers();
    const devices: Device[] = new Array(count);
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let i = next++; i < count; i = next++) devices[i] = await addDevice(servers, i, options(i));
    };
    try {
      await Promise.all(Array.from({ length: lanes }, lane));
    } catch (error) {
      await servers.close();
      throw error;
    }
    return new Fleet(devices, servers);
  }

  /** Options that know all devices, and what else is told: relays in front of some. */
  ssh(more: SshOptions = {}, others: readonly Pick<Address, 'knownHost'>[] = []): SshOptions {
    return this.servers.options([...this.devices.map((d) => d.server), ...others], more);
  }

  close(): Promise<void> {
    return this.servers.close();
  }
}

async function addDevice(servers: Servers, index: number, { commands = {}, ...options }: DeviceOptions): Promise<Device> {
  const name = `device-${String(index + 1).padStart(3, '0')}`;
  const bin = join(servers.folder, 'bin', name);
  mkdirSync(bin, { recursive: true });
  const plant = (command: string, text: string): void => {
    const file = join(bin, command);
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o755);
  };
  for (const [command, text] of Object.entries(commands)) plant(command, text);
  const server = await servers.add({ ...options, path: [bin, ...(options.path ?? [])] });
  return { name, target: server.target, home: server.home, server, plant };
}
