import { type FileHandle, open } from 'node:fs/promises';
import { WriteError } from '../../errors.js';
import type { JournalEvent, NewEvent } from './events.js';

/**
 * A file to which lines are added and never changed. A line is on the disk when `append` is done; lines that come at one time go
 * there together. What is told only after that cannot be lost, however edgeml ends.
 */
export class Journal {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #now: () => number;
  #waiting: { readonly line: string; readonly done: () => void; readonly fail: (error: unknown) => void }[] = [];
  #writing: Promise<void> | undefined;
  #torn = false;

  private constructor(path: string, file: FileHandle, now: () => number) {
    this.path = path;
    this.#file = file;
    this.#now = now;
  }

  /** Opens a journal to add to it. Throws WriteError. */
  static async open(path: string, now: () => number = Date.now): Promise<Journal> {
    try {
      const file = await open(path, 'a', 0o600);
      // The last line of one that was killed while it wrote ends nowhere.
      if ((await file.stat()).size > 0) await file.appendFile('\n');
      return new Journal(path, file, now);
    } catch (error) {
      throw new WriteError(`Cannot write the journal ${path}: ${(error as Error).message}. Give another folder with --state.`, {
        cause: error,
      });
    }
  }

  /** Throws WriteError where it cannot be written, for instance on a full disk. */
  append(event: NewEvent): Promise<void> {
    const line = `${JSON.stringify({ time: new Date(this.#now()).toISOString(), ...event })}\n`;
    return new Promise((done, fail) => {
      this.#waiting.push({ line, done, fail });
      this.#writing ??= this.#write();
    });
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        // Of lines that could not be written a part may be there; it must not swallow the next one.
        await this.#file.appendFile(`${this.#torn ? '\n' : ''}${batch.map((w) => w.line).join('')}`);
        await this.#file.datasync();
        this.#torn = false;
        for (const w of batch) w.done();
      } catch (error) {
        this.#torn = true;
        const told = new WriteError(`Cannot write the journal ${this.path}: ${(error as Error).message}. Free some space.`, {
          cause: error,
        });
        for (const w of batch) w.fail(told);
      }
    }
    // Here and not when the promise is done: who is told by it may append before that.
    this.#writing = undefined;
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }
}

/** The events of a journal's text. Lines that are cut off are passed over: what they were to tell was not told to anybody. */
export function parseJournal(text: string): JournalEvent[] {
  return text.split('\n').flatMap((line) => {
    if (line === '') return [];
    try {
      return [JSON.parse(line) as JournalEvent];
    } catch {
      return [];
    }
  });
}
