import type { Writable } from 'node:stream';

const least = 16 * 1024;
const most = 8 * 1024 * 1024;

/**
 * Sends data so that no more is on its way than the link carries in about a third of a second: what stands in line in
 * buffers would delay signs of life until the connection is taken for lost, and would count as sent when it is not.
 * The bytes on their way double while acknowledgements come back fast, and halve when they do not.
 */
export class Pacer {
  readonly #acknowledge: () => Promise<void>;
  readonly #onProgress: (bytes: number) => void;
  #window = least;
  #onTheWay = 0;
  #unasked = 0;
  #acknowledged = 0;
  #fastest = Number.POSITIVE_INFINITY;
  #pending: Promise<void>[] = [];

  /** `acknowledge` resolves when the other side has read what was sent before; `onProgress` is told all bytes that it has. */
  constructor(acknowledge: () => Promise<void>, onProgress: (bytes: number) => void = () => {}) {
    this.#acknowledge = acknowledge;
    this.#onProgress = onProgress;
  }

  /** Writes all of `bytes`; resolves when they are handed over, which may be before they are acknowledged. */
  async write(stream: Writable, bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      while (this.#onTheWay >= this.#window) await this.#pending[0];
      const size = Math.min(bytes.length - at, 256 * 1024, Math.max(least, this.#window >> 2));
      await handOver(stream, bytes.subarray(at, at + size));
      at += size;
      this.#onTheWay += size;
      this.#unasked += size;
      if (this.#unasked >= Math.max(least, this.#window >> 2)) this.#ask();
    }
  }

  /** Resolves when everything is acknowledged. */
  async flush(): Promise<void> {
    if (this.#unasked > 0) this.#ask();
    await Promise.all(this.#pending);
  }

  #ask(): void {
    const [size, since] = [this.#unasked, performance.now()];
    this.#unasked = 0;
    const answer = this.#acknowledge().then(() => {
      const took = performance.now() - since;
      this.#fastest = Math.min(this.#fastest, took);
      if (took < this.#fastest + 300) this.#window = Math.min(most, this.#window + size);
      else if (took > this.#fastest + 1000) this.#window = Math.max(least, this.#window >> 1);
      this.#onTheWay -= size;
      this.#acknowledged += size;
      this.#pending = this.#pending.filter((p) => p !== answer);
      this.#onProgress(this.#acknowledged);
    });
    // Whoever waits for it is told; where nobody does yet, a lost connection has other messengers.
    answer.catch(() => {});
    this.#pending.push(answer);
  }
}

/** The callback of `write` comes when the bytes fit into the channel's window; never where the channel closes before. */
function handOver(stream: Writable, bytes: Uint8Array): Promise<void> {
  return new Promise((done, fail) => stream.write(bytes, (error) => (error ? fail(error) : done())));
}
