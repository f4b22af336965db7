import type { Value } from '../../../ir/graph.js';
import { activate, unsupportedActivation } from '../activations.js';
import { type LayerCall, type Rules, transposed } from '../layer.js';

/** x · kernel [inputs, units] + bias, over the last axis. */
function dense(call: LayerCall): Value {
  const x = call.float(call.x);
  const units = call.config.int('units');
  const inputs = x.shape.at(-1) ?? call.fail('is called on a scalar');
  const { kernel, bias } = call.weights({ kernel: [inputs, units], bias: call.config.bool('use_bias', true) && [units] });
  const w = call.constant('kernel', () => transposed(kernel.read(), [1, 0]));
  return activate(call, call.op('FullyConnected', [x, w, bias ? call.constant('bias', () => bias.read()) : null]));
}

/** Rows of a table, by whole numbers. */
function embedding(call: LayerCall): Value {
  const { x } = call;
  const [rows, width] = [call.config.int('input_dim'), call.config.int('output_dim')];
  const { embeddings } = call.weights({ embeddings: [rows, width] });
  const indices = x.dtype === 'int32' || x.dtype === 'int64' ? x : call.op('Cast', [x], { to: 'int32' });
  return call.op('Gather', [call.constant('embeddings', () => embeddings.read()), indices], { axis: 0 });
}

export const denseLayers: Rules = {
  Dense: { build: dense, unsupported: (config) => unsupportedActivation(config.fields.activation) },
  Embedding: {
    build: embedding,
    unsupported: (config) =>
      config.bool('mask_zero', false) ? 'masks zeros (mask_zero), and masks have no counterpart in the graph' : undefined,
  },
  Activation: {
    build: (call) => activate(call, call.float(call.x)),
    unsupported: (config) => unsupportedActivation(config.fields.activation),
  },
};
