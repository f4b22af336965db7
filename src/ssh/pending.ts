import { OfflineError } from '../errors.js';

/** Calls of one connection that wait for an answer: they fail together when the connection is lost. */
export class Pending {
  readonly #name: string;
  readonly #waiting = new Set<(why: string) => void>();
  readonly #listeners: ((why: string) => void)[] = [];
  #lost: string | undefined;
  #closing = false;

  constructor(name: string) {
    this.#name = name;
  }

  get lost(): string | undefined {
    return this.#lost;
  }

  onLost(listener: (why: string) => void): void {
    this.#listeners.push(listener);
  }

  /** From now on the end of the connection is what was asked for. */
  expectEnd(): void {
    this.#closing = true;
  }

  /** The connection is gone, `why` as a clause. The first reason is the one that counts. */
  lose(why: string): void {
    if (this.#lost !== undefined) return;
    this.#lost = this.#closing ? 'it was closed on this side' : why;
    for (const fail of [...this.#waiting]) fail(this.#lost);
    if (!this.#closing) for (const listener of this.#listeners) listener(why);
  }

  /**
   * Runs `start`; what it hands to `done` or `fail` is the result, unless the connection is lost before.
   * `doing` is told in the message: "running 'uname'".
   */
  run<T>(doing: string, start: (done: (value: T) => void, fail: (error: Error) => void) => void): Promise<T> {
    return new Promise<T>((done, fail) => {
      const lose = (why: string): void => {
        this.#waiting.delete(lose);
        fail(new OfflineError(`The connection to ${this.#name} was lost while ${doing}: ${why}.`));
      };
      if (this.#lost !== undefined) return lose(this.#lost);
      this.#waiting.add(lose);
      const settled =
        <V>(settle: (value: V) => void) =>
        (value: V): void => {
          this.#waiting.delete(lose);
          settle(value);
        };
      try {
        start(settled(done), settled(fail));
      } catch (error) {
        // ssh2 throws where its socket ended a moment ago and nobody was told yet.
        lose((error as Error).message === 'Not connected' ? 'it had ended' : (error as Error).message);
      }
    });
  }
}
