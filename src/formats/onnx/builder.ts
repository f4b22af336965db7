import type { Node, Value } from '../../ir/graph.js';
import { GraphBuilder, type Names, NodeBuilder } from '../../ops/node-builder.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The builder of the whole graph; it gives rules builders of their own that add to the same list of nodes. */
export class OnnxGraphBuilder extends GraphBuilder {
  /** Values that have the name the file gives them; others make way where names are equal. */
  readonly named = new Set<Value>();

  /** @param prefix Name of the ONNX node, which every node and value made for it starts from. */
  rule(prefix: string): RuleBuilder {
    return new RuleBuilder(this.names, prefix, this.nodes, this.named);
  }
}

/** What a rule builds with. */
export class RuleBuilder extends NodeBuilder {
  override readonly nodes: Node[];
  /** Results that only carry another value back to the file's layout, and that value. */
  private readonly carried = new Map<Value, Value>();

  private readonly named: Set<Value>;

  constructor(names: Names, prefix: string, nodes: Node[], named: Set<Value>) {
    super(names, prefix);
    this.nodes = nodes;
    this.named = named;
  }

  /**
   * x [N,C,H,W] or [N,C,W] as [N,H,W,C] (H = 1 for the latter).
   * The transpose stands outside, where it can meet the one of the neighbouring operator.
   */
  toChannelsLast(x: Value): Value {
    const wish = { outputs: [`${x.name}_nhwc`] };
    if (x.shape.length === 4) return this.op('Transpose', [x], { perm: [0, 2, 3, 1] }, wish);
    const [n, c, w] = x.shape;
    return this.reshape(this.op('Transpose', [x], { perm: [0, 2, 1] }, wish), [n, 1, w, c]);
  }

  /** The inverse of {@link toChannelsLast}; `rank` is that of the file's tensor. */
  toChannelsFirst(y: Value, rank: number): Value {
    const [n, , w, c] = y.shape;
    const out = rank === 4 ? this.transpose(y, [0, 3, 1, 2]) : this.transpose(this.reshape(y, [n, w, c]), [0, 2, 1]);
    if (out !== y) this.carried.set(out, y);
    return out;
  }

  /**
   * Gives a rule's result the name that the file gives it. Where the result is a transpose that passes will remove,
   * the value behind it takes the name and the transpose says what it is.
   */
  nameResult(result: Value, name: string): void {
    const behind = this.carried.get(result);
    if (behind) rename(result, `${name}_nchw`);
    rename(behind ?? result, name);
    this.named.add(behind ?? result);
  }
}

/** Changes the name of a value that is not yet part of a finished graph. */
export const rename = (v: Value, name: string): void => {
  (v as Mutable<Value>).name = name;
};
