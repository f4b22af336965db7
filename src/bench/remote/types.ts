import type { Model, ReadOptions } from '../../formats/types.js';
import type { SshOptions } from '../../ssh/settings.js';
import type { Connection } from '../../ssh/types.js';
import type { Effort } from '../host/protocol.js';
import type { NamedInput } from '../inputs.js';
import type { RuntimeName } from '../types.js';

export interface RemoteOptions extends ReadOptions {
  readonly ssh?: SshOptions;
  /** Only these. Default: all that run there. */
  readonly runtimes?: readonly RuntimeName[];
  /** At least this many runs; default 50. */
  readonly runs?: number;
  /** At least for this long; default 1. */
  readonly seconds?: number;
  /** No run begins after so many seconds, however few there were; default 120. */
  readonly limit?: number;
  /** Default: as many as the device has processors. */
  readonly threads?: number;
  /** Called once for each warning. */
  readonly onWarning?: (sentence: string) => void;
}

/** A device as a probe found it. */
export interface Device {
  /** "Raspberry Pi 4 Model B Rev 1.4", or what `uname` says. */
  readonly title: string;
  readonly processors: number;
  /** Lines that runners' probes printed, by runner. */
  readonly found: ReadonlyMap<string, Found>;
}

/** A runner that a device has. */
export interface Found {
  /** What to run: the path of a program there. */
  readonly command: string;
  /** "ai_edge_litert 2.1.0". */
  readonly version: string;
  /** Further words, as the runner's probe printed them. */
  readonly more: readonly string[];
}

/** What a runner works with. */
export interface Job {
  readonly connection: Connection;
  /** A folder there that is the job's own and is removed afterwards. */
  readonly folder: string;
  readonly model: Model;
  readonly found: Found;
  readonly effort: Effort;
  readonly threads: number;
  readonly inputs: readonly NamedInput[];
  /** Sends the model file, once for all runners, and gives its path there. */
  modelFile(): Promise<string>;
  /**
   * Runs a command line there, in the folder; it ends with the connection. Throws Refusal with its last words where it fails,
   * DeviceError where it takes much longer than the effort allows.
   */
  run(command: string, timeout?: number): Promise<string>;
}

/** What a runner measured. */
export interface Measured {
  /** Of each run. Where a program tells only a summary of them: that. */
  readonly milliseconds: Float64Array | Summary;
  readonly warmUp?: number;
  /** The most memory that was resident, bytes. */
  readonly peak?: number;
  /** Of the peak, what the model takes of itself. */
  readonly arena?: number;
  /** Bytes of the program, where the model is part of one. */
  readonly program?: { readonly bytes: number; readonly constants: number };
  /** More about how it was measured, a clause. */
  readonly note?: string;
  /** Threads that it used; absent where it has its own choice. */
  readonly threads?: number;
}

/** ms */
export interface Summary {
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99?: number;
  readonly runs: number;
}

/** A way to run models on a device. */
export interface Runner {
  /** One word. */
  readonly name: string;
  readonly runtime: RuntimeName;
  /** What to install where it is missing, as the end of "install …". */
  readonly install: string;
  /**
   * Text for a POSIX shell that looks for it and, where it is there, prints words separated by tabs: the command, its version,
   * and more. `find NAME…` prints the path of the first program that is there.
   */
  readonly probe: string;
  /** Whether it takes files of that format. */
  takes(model: Model): boolean;
  measure(job: Job): Promise<Measured>;
}

/** The runtime does not take this model: a sentence with its own words. */
export class Refusal extends Error {}
