import type { Value } from '../../ir/graph.js';
import type { AttributeProto } from './proto.js';

/** Stands for a value that could not be read, because the node that makes it is not supported. */
export const unread = Symbol('unread');
export type Lookup = Value | typeof unread | undefined;

/** What names mean in one graph, branch or function body. A branch sees the names around it, a function body does not. */
export class Scope {
  /** Version of each operator domain that is imported; '' is ONNX's own. */
  readonly opsets: ReadonlyMap<string, number>;
  /** The attributes that a function was called with. */
  readonly bound: ReadonlyMap<string, AttributeProto>;
  /** Goes before the names of values made here; '' for the model's own graph. */
  readonly prefix: string;
  private readonly parent?: Scope;
  private readonly values = new Map<string, Value | typeof unread | (() => Value)>();
  private readNames: ReadonlySet<string> = new Set();

  constructor(from: {
    opsets: ReadonlyMap<string, number>;
    bound?: ReadonlyMap<string, AttributeProto>;
    prefix?: string;
    parent?: Scope;
  }) {
    this.opsets = from.opsets;
    this.bound = from.bound ?? new Map();
    this.prefix = from.prefix ?? '';
    this.parent = from.parent;
  }

  /** `value` may be a function that makes it when it is first read. */
  define(name: string, value: Value | typeof unread | (() => Value)): void {
    this.values.set(name, value);
  }

  /** Undefined where no such name is visible. */
  lookup(name: string): Lookup {
    const found = this.values.get(name);
    if (found === undefined) return this.parent?.lookup(name);
    if (typeof found !== 'function') return found;
    const made = found();
    this.values.set(name, made);
    return made;
  }

  /** Says which names the nodes (and the outputs) of this scope read, for {@link isRead}. */
  setRead(names: ReadonlySet<string>): void {
    this.readNames = names;
  }

  isRead(name: string): boolean {
    return this.readNames.has(name);
  }
}
