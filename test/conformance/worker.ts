import { join } from 'node:path';
import { judge } from './judge.js';
import type { Backend, CaseResult } from './types.js';

export interface Task {
  readonly root: string;
  readonly name: string;
  readonly backends: readonly Backend[];
}
export type Reply = { readonly result: CaseResult } | { readonly error: string };

// A process of its own, because a native runtime that crashes or hangs takes its process with it.
process.on('message', async (task: Task) => {
  let reply: Reply;
  try {
    reply = { result: await judge(join(task.root, task.name), task.name, task.backends) };
  } catch (e) {
    reply = { error: e instanceof Error ? (e.stack ?? e.message) : String(e) };
  }
  process.send?.(reply);
});
