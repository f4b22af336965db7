/** A time limit that stands still while somebody is asked something. */
export class Clock {
  #left: number;
  readonly #limit: number;
  #since = 0;
  #timer: NodeJS.Timeout | undefined;
  #over: ((seconds: number) => void) | undefined;

  constructor(ms: number) {
    this.#left = ms;
    this.#limit = ms;
  }

  start(over: (seconds: number) => void): void {
    this.#over = over;
    this.#since = performance.now();
    this.#timer = setTimeout(() => over(this.#limit / 1000), this.#left);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#over = undefined;
  }

  async pause<T>(action: () => Promise<T>): Promise<T> {
    const over = this.#over;
    clearTimeout(this.#timer);
    if (over) this.#left -= performance.now() - this.#since;
    try {
      return await action();
    } finally {
      if (over && this.#over === over) this.start(over);
    }
  }
}
