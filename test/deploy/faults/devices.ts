import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Device, Fleet } from '../bed/fleet.js';
import { Relay } from '../bed/relay.js';
import { Disk } from './disk.js';
import { type Listed, writeFleetFile } from './edgeml.js';
import { appName, beginAs, deviceOptions, type Material } from './material.js';

const sync = ['/usr/bin/sync', '/bin/sync'].find((path) => existsSync(path)) ?? 'sync';

/** An upload of all that is new takes about a second. */
export const rateBytesPerSecond = 900_000;

/** A device behind a slow line, with a disk of its own where its power is to fail. */
export class Subject implements Listed {
  readonly name: string;
  readonly relay: Relay;
  readonly device: Device;
  readonly root: string;
  readonly #disk: Disk | undefined;
  /** Nobody may look at its files now. */
  isDown = false;

  constructor(device: Device, relay: Relay, disk: Disk | undefined) {
    this.name = device.name;
    this.device = device;
    this.relay = relay;
    this.#disk = disk;
    this.root = disk ? join(disk.path, 'edgeml') : join(device.home, 'edgeml');
  }

  get address(): Relay {
    return this.relay;
  }

  /** The folder of what is deployed. */
  get base(): string {
    return join(this.root, appName);
  }

  /** Processes of the device but sshd's: commands, and what they left running. */
  processes(): number[] {
    return readdirSync('/proc').flatMap((name) => {
      if (!/^\d+$/.test(name)) return [];
      return environment(name).split('\0').includes(`HOME=${this.device.home}`) ? [Number(name)] : [];
    });
  }

  /** All that runs there ends at one moment, and so does writing. The line is silent from then on. */
  losePower(): void {
    this.isDown = true;
    this.relay.pause();
    // Stopped first: no process may see another one end, and go on.
    let stopped: readonly number[] = [];
    for (;;) {
      this.device.server.freeze();
      const all = this.processes();
      for (const pid of all) signal(pid, 'SIGSTOP');
      if (all.every((pid) => stopped.includes(pid))) break;
      stopped = all;
    }
    this.#disk?.fail();
    for (const pid of stopped) signal(pid, 'SIGKILL');
    this.device.server.kill();
  }

  /** Its files are there again after {@link losePower}, as the disk has them. */
  async mount(): Promise<void> {
    while (this.processes().length > 0) await sleep(10);
    await this.#disk?.boot();
    this.isDown = false;
  }

  /** It is reached again. */
  async boot(): Promise<void> {
    await this.device.server.start();
    this.relay.cut();
    this.relay.resume();
  }

  async close(): Promise<void> {
    await this.relay.close();
  }

  /** After the fleet has ended, as nothing is open there then. */
  async removeDisk(): Promise<void> {
    await this.#disk?.close();
  }
}

export interface Subjects {
  readonly fleet: Fleet;
  readonly all: readonly Subject[];
  /** Where edgeml runs and writes. */
  readonly folder: string;
  /** On which that is. */
  readonly disk: Disk | undefined;
  close(): Promise<void>;
}

export interface WithDisks {
  readonly devices: boolean;
  readonly edgeml: boolean;
}

/** Starts devices that have the old release. */
export async function startSubjects(count: number, { template }: Material, withDisks: WithDisks): Promise<Subjects> {
  const fleet = await Fleet.start(count, deviceOptions);
  const disks: Disk[] = [];
  const all: Subject[] = [];
  const close = async (): Promise<void> => {
    for (const subject of all) await subject.close();
    await fleet.close();
    for (const disk of disks) await disk.close();
  };
  try {
    for (const device of fleet.devices) {
      if (withDisks.devices) disks.push(await Disk.make());
      const subject = new Subject(device, await Relay.start(device.server, { rateBytesPerSecond, delayMs: 2 }), disks.at(all.length));
      beginAs(template, subject.root);
      // It was deployed long ago.
      if (withDisks.devices) execFileSync('sync', ['-f', subject.root]);
      // A device has no other disks; this machine would write all of its own, those of other devices among them.
      device.plant('sync', `exec ${sync} -f '${subject.root}'`);
      all.push(subject);
    }
    const disk = withDisks.edgeml ? await Disk.make() : undefined;
    if (disk) disks.push(disk);
    const folder = join(disk?.path ?? fleet.servers.folder, 'work');
    mkdirSync(folder);
    writeFleetFile(folder, fleet, all);
    if (disk) execFileSync('sync', ['-f', folder]);
    return { fleet, all, folder, disk, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function environment(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    // It ended since it was listed.
    return '';
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended between being listed and being told.
  }
}
