import type { Duplex } from 'node:stream';

export interface ExecOptions {
  /** What the command reads; it reads nothing where there is none. */
  readonly stdin?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** Told how many bytes of stdin the device's SSH server has read; the command may have read less. */
  readonly onProgress?: (bytes: number) => void;
  /** ms; the command is ended and DeviceError thrown when it takes longer. Default: none. */
  readonly timeout?: number;
  /** Gets the output as it comes; the result's `stdout` stays empty then. */
  readonly onStdout?: (chunk: Buffer) => void;
  /** The most bytes of output that are kept, of each kind. More is a DeviceError. Default 16 MiB. */
  readonly maxOutput?: number;
  /** For messages, in place of the command: "measure the model". */
  readonly title?: string;
}

export interface ExecResult {
  /** Exit status; null where a signal ended the command. */
  readonly code: number | null;
  readonly signal?: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Bytes to send: in memory, or a local file from an offset on. */
export type Upload = Uint8Array | { readonly path: string; readonly start?: number };

export interface UploadOptions {
  /** Behind what is there already, instead of in its place. */
  readonly append?: boolean;
  /** Permissions, e.g. 0o755. Default: what the device's umask leaves. */
  readonly mode?: number;
  /** Told how many bytes the device's SSH server has read. Where the connection is lost, the file may lack some of them (OpenSSH: 2 MiB). */
  readonly onProgress?: (bytes: number) => void;
  readonly timeout?: number;
}

/** A command that runs until it is told to end. */
export interface Held {
  /** The first line that it printed. */
  readonly line: string;
  /** Closes its stdin, waits until it has ended. */
  release(): Promise<ExecResult>;
}

/**
 * A connection to a device. Every call that is under way when it is lost, and every later one, throws a DeviceError that
 * names the host and what was being done.
 */
export interface Connection {
  /** `user@host`, with the port where it is not 22. */
  readonly name: string;
  /**
   * Runs a command in the user's login shell. A status that is not 0 is a result, not an error.
   * Throws DeviceError for a lost connection, a refused channel, a timeout or too much output.
   */
  exec(command: string, options?: ExecOptions): Promise<ExecResult>;
  /** Runs a text in a POSIX shell, whatever the login shell is; the text is its stdin, so that it has no limit of length. */
  script(text: string, options?: Omit<ExecOptions, 'stdin' | 'onProgress'>): Promise<ExecResult>;
  /** Starts a command that prints a line and then waits for the end of its stdin, which also comes when the connection is lost. */
  hold(command: string): Promise<Held>;
  /** Writes a file there with `cat`, and compares the sizes. Throws DeviceError with the device's own words where that fails. */
  upload(from: Upload, to: string, options?: UploadOptions): Promise<void>;
  /** Reads a file there. Throws DeviceError where there is none or it has more than `maxBytes` (default 16 MiB). */
  download(path: string, options?: { readonly maxBytes?: number; readonly timeout?: number }): Promise<Buffer>;
  /** A TCP connection from the device to another host. */
  forward(host: string, port: number): Promise<Duplex>;
  /** Why the connection is lost; undefined while it is not. */
  readonly lost?: string;
  /** Called once when the connection is lost; not by {@link close}. */
  onLost(listener: (why: string) => void): void;
  /** Ends the connection and those that it goes through. */
  close(): Promise<void>;
}
