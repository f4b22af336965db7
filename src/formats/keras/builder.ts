import { ModelError } from '../../errors.js';
import type { Attrs, Value } from '../../ir/graph.js';
import { GraphBuilder } from '../../ops/node-builder.js';
import { maxNodes } from './limits.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Builds the graph; what a layer results in takes the layer's name, so that reports name what the user knows. */
export class KerasBuilder extends GraphBuilder {
  override node(
    op: string,
    inputs: readonly (Value | null)[],
    attrs?: Attrs,
    wish?: { name?: string; outputs?: readonly string[] },
  ): Value[] {
    if (this.nodes.length >= maxNodes)
      throw new ModelError(`The model would have more than ${maxNodes} nodes. Its configuration is damaged.`);
    return super.node(op, inputs, attrs, wish);
  }

  /**
   * Names the outputs of a layer: the first by the layer, others with their number.
   * Values that were there before (what a Dropout passes on) and constants keep their names.
   * @param since Number of nodes before the layer was built.
   */
  nameOutputs(outputs: readonly Value[], name: string, since: number): void {
    const made = this.nodes.slice(since);
    outputs.forEach((v, i) => {
      const node = made.find((n) => n.outputs.includes(v));
      if (!node || outputs.indexOf(v) !== i) return;
      (v as Mutable<Value>).name = this.names.take(i === 0 ? name : `${name}/${i}`);
      if (node.outputs[0] === v) (node as Mutable<typeof node>).name = v.name;
    });
  }
}
