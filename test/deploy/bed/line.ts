import type { Socket } from 'node:net';

/** How a line carries bytes. What is not there is not limited. */
export interface LineRules {
  readonly delayMs: number;
  readonly rateBytesPerSecond: number | undefined;
  /** Nothing passes while it is true. */
  readonly isHeld: boolean;
}

/** Bytes that have come, and when they are to be handed on; undefined is the end. */
interface Piece {
  readonly bytes: Buffer | undefined;
  readonly at: number;
}

/** One direction of a connection through a relay. */
export class Line {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #rules: LineRules;
  readonly #pass: (bytes: Buffer) => void;
  readonly #pieces: Piece[] = [];
  #queued = 0;
  #isFree = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `pass` hands bytes to `to`. */
  constructor(from: Socket, to: Socket, rules: LineRules, pass: (bytes: Buffer) => void) {
    this.#from = from;
    this.#to = to;
    this.#rules = rules;
    this.#pass = pass;
    from.on('data', (chunk: Buffer) => {
      // A packet of a slow link arrives in its time, not with the chunk that it was read with.
      const most = Math.max(1460, (rules.rateBytesPerSecond ?? Number.POSITIVE_INFINITY) / 100);
      for (let at = 0; at < chunk.length; at += most) this.#add(chunk.subarray(at, at + most));
      this.#schedule();
    });
    from.on('end', () => {
      this.#add(undefined);
      this.#schedule();
    });
    to.on('drain', () => this.#schedule());
    if (rules.isHeld) from.pause();
  }

  /** To be called when the rules have changed. */
  changed(): void {
    if (this.#rules.isHeld) this.#from.pause();
    this.#schedule();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#pieces.length = 0;
  }

  #add(bytes: Buffer | undefined): void {
    const { rateBytesPerSecond: rate, delayMs } = this.#rules;
    const size = bytes?.length ?? 0;
    this.#isFree = Math.max(this.#isFree, performance.now()) + (rate ? (size / rate) * 1000 : 0);
    this.#pieces.push({ bytes, at: this.#isFree + delayMs });
    this.#queued += size;
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    for (let next = this.#pieces[0]; next && !this.#rules.isHeld && !this.#to.writableNeedDrain; next = this.#pieces[0]) {
      const wait = next.at - performance.now();
      if (wait > 0) {
        this.#timer = setTimeout(() => this.#schedule(), wait);
        break;
      }
      this.#pieces.shift();
      this.#queued -= next.bytes?.length ?? 0;
      if (next.bytes) this.#pass(next.bytes);
      else this.#to.end();
    }
    if (this.#rules.isHeld || this.#queued > this.#room()) this.#from.pause();
    else this.#from.resume();
  }

  /** What is on the way, and a tenth of a second of it in a queue, as routers have. */
  #room(): number {
    const { rateBytesPerSecond: rate, delayMs } = this.#rules;
    return rate ? Math.max(16_384, rate * (0.1 + delayMs / 1000)) : 16 * 1024 * 1024;
  }
}
