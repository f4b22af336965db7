import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import type { Address } from '../../ssh/server.js';
import { Line, type LineRules } from './line.js';

export interface RelayOptions {
  /** One way, ms. */
  readonly delayMs?: number;
  /** Each way. */
  readonly rateBytesPerSecond?: number;
  /**
   * After how many bytes towards the device the first, second, … connection is cut: exactly those have reached it, and both
   * sockets are destroyed. One that is undefined, or that the list has no number for, is not cut.
   */
  readonly cutAfterBytes?: readonly (number | undefined)[];
}

interface Link {
  readonly near: Socket;
  readonly far: Socket;
  readonly lines: readonly Line[];
}

/** A bad link to a server: its address stands for the server's, with the server's key in {@link knownHost}. */
export class Relay implements Address {
  readonly host = '127.0.0.1';
  /** New connections are closed at once, as those to a device that is off. What is open stays open: see {@link cut}. */
  refuse = false;
  readonly #server = createServer({ allowHalfOpen: true }, (near) => this.#accept(near));
  readonly #to: Address;
  readonly #rules: { -readonly [K in keyof LineRules]: LineRules[K] };
  readonly #cuts: (number | undefined)[];
  readonly #links = new Set<Link>();
  #toDevice = 0;
  #fromDevice = 0;
  #connections = 0;
  #refused = 0;

  private constructor(to: Address, options: RelayOptions) {
    this.#to = to;
    this.#rules = { delayMs: options.delayMs ?? 0, rateBytesPerSecond: options.rateBytesPerSecond, isHeld: false };
    this.#cuts = [...(options.cutAfterBytes ?? [])];
  }

  static async start(to: Address, options: RelayOptions = {}): Promise<Relay> {
    const relay = new Relay(to, options);
    relay.#server.listen(0, relay.host);
    await once(relay.#server, 'listening');
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get target(): string {
    return `${this.#to.target.split('@')[0]}@${this.host}:${this.port}`;
  }

  /** Bytes that were handed to the device. */
  get bytesToDevice(): number {
    return this.#toDevice;
  }

  /** Bytes of the device that were handed to clients. */
  get bytesFromDevice(): number {
    return this.#fromDevice;
  }

  /** Connections that were passed on, those that have ended too. */
  get connections(): number {
    return this.#connections;
  }

  /** Connections that were closed at once. */
  get refused(): number {
    return this.#refused;
  }

  knownHost(type?: string): string {
    return this.#to.knownHost(type).replace(/^\S+/, `[${this.host}]:${this.port}`);
  }

  /** Other rules for what comes from now on. */
  set({ delayMs, rateBytesPerSecond, cutAfterBytes }: RelayOptions): void {
    this.#rules.delayMs = delayMs ?? 0;
    this.#rules.rateBytesPerSecond = rateBytesPerSecond;
    this.#cuts.splice(0, this.#cuts.length, ...(cutAfterBytes ?? []));
  }

  /** Destroys the connections that are open. */
  cut(): void {
    for (const link of [...this.#links]) this.#end(link);
  }

  /** A black hole: nothing passes, not even an end, and sockets stay open. */
  pause(): void {
    this.#hold(true);
  }

  resume(): void {
    this.#hold(false);
  }

  async close(): Promise<void> {
    this.cut();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(near: Socket): void {
    if (this.refuse) {
      this.#refused++;
      near.on('error', () => {});
      return void near.destroy();
    }
    this.#connections++;
    const far = dial({ host: this.#to.host, port: this.#to.port, allowHalfOpen: true });
    let left = this.#cuts.shift() ?? Number.POSITIVE_INFINITY;
    const lines = [
      new Line(near, far, this.#rules, (bytes) => {
        const part = bytes.subarray(0, left);
        left -= part.length;
        this.#toDevice += part.length;
        // Destroyed before the bytes are handed over, a socket forgets them.
        far.write(part, left === 0 ? () => this.#end(link) : undefined);
      }),
      new Line(far, near, this.#rules, (bytes) => {
        this.#fromDevice += bytes.length;
        near.write(bytes);
      }),
    ];
    const link = { near, far, lines };
    this.#links.add(link);
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on('error', () => this.#end(link));
      socket.on('close', () => near.destroyed && far.destroyed && this.#end(link));
    }
  }

  #hold(isHeld: boolean): void {
    this.#rules.isHeld = isHeld;
    for (const { lines } of this.#links) for (const line of lines) line.changed();
  }

  #end(link: Link): void {
    for (const line of link.lines) line.stop();
    for (const socket of [link.near, link.far]) socket.destroy();
    this.#links.delete(link);
  }
}
