import type { Value } from '../../../ir/graph.js';
import { sizeOf } from '../../../ir/types.js';
import type { LayerConfig } from '../config.js';
import type { StoredTensor } from '../hdf5.js';
import { type LayerCall, type Rules, reshaped, transposed } from '../layer.js';

/** softmax(q · kᵀ) · v */
function attend(call: LayerCall, q: Value, k: Value, v: Value): Value {
  const scores = call.op('MatMul', [q, k], { transposeB: true });
  return call.op('MatMul', [call.op('Softmax', [scores], { axis: scores.shape.length - 1 }), v]);
}

/** Weights [inputs.., outputs..] and a bias as one matrix product, `inputs` axes of the weights being summed over. */
function project(call: LayerCall, name: string, x: Value, weights: StoredTensor, inputs: number, bias: StoredTensor | undefined): Value {
  const rows = sizeOf(weights.shape.slice(0, inputs));
  const columns = sizeOf(weights.shape.slice(inputs));
  const w = call.constant(`${name}/kernel`, () => transposed(reshaped(weights.read(), [rows, columns]), [1, 0]));
  return call.op('FullyConnected', [x, w, bias ? call.constant(`${name}/bias`, () => reshaped(bias.read(), [columns])) : null]);
}

/** Heads side by side: [N, T, heads · d] as [N, heads, T, d]. */
const toHeads = (call: LayerCall, x: Value, heads: number): Value =>
  call.transpose(call.reshape(x, [x.shape[0], x.shape[1], heads, x.shape[2] / heads]), [0, 2, 1, 3]);

/** keras/src/layers/attention/multi_head_attention.py, for tensors [batch, positions, features]. */
function multiHeadAttention(call: LayerCall): Value {
  const { config } = call;
  refuseMasks(call);
  const query = call.argument(0, 'query') ?? call.fail('is called without a query');
  const value = call.argument(1, 'value') ?? query;
  const key = call.argument(2, 'key') ?? value;
  for (const v of [query, value, key])
    if (v.shape.length !== 3) call.refuse(`attends over a tensor of shape [${v.shape}]; rank 3 is supported`);
  const [heads, depth] = [config.int('num_heads'), config.int('key_dim')];
  const valueDepth = config.int('value_dim', depth);
  const outputs = config.has('output_shape') ? config.ints('output_shape') : [query.shape[2]];
  if (outputs.length !== 1) call.refuse(`has outputs of shape [${outputs}]`);
  const biased = config.bool('use_bias', true);
  const w = call.weights({
    'query_dense/kernel': [query.shape[2], heads, depth],
    'query_dense/bias': biased && [heads, depth],
    'key_dense/kernel': [key.shape[2], heads, depth],
    'key_dense/bias': biased && [heads, depth],
    'value_dense/kernel': [value.shape[2], heads, valueDepth],
    'value_dense/bias': biased && [heads, valueDepth],
    'output_dense/kernel': [heads, valueDepth, outputs[0]],
    'output_dense/bias': biased && outputs,
  });
  const q = project(call, 'query', query, w['query_dense/kernel'], 1, w['query_dense/bias']);
  const k = project(call, 'key', key, w['key_dense/kernel'], 1, w['key_dense/bias']);
  const v = project(call, 'value', value, w['value_dense/kernel'], 1, w['value_dense/bias']);
  const scaled = call.op('Mul', [q, call.scalar('query_scale', 1 / Math.sqrt(depth))]);
  const y = attend(call, toHeads(call, scaled, heads), toHeads(call, k, heads), toHeads(call, v, heads));
  const joined = call.reshape(call.transpose(y, [0, 2, 1, 3]), [query.shape[0], query.shape[1], heads * valueDepth]);
  return project(call, 'attention_output', joined, w['output_dense/kernel'], 2, w['output_dense/bias']);
}

/** Luong's attention: inputs [query, value] or [query, value, key]. */
function attention(call: LayerCall): Value {
  refuseMasks(call);
  const [q, v, k = v] = call.inputs;
  if (call.inputs.length < 2) call.fail('is called without a query and a value');
  const { scale } = call.weights({ scale: call.config.bool('use_scale', false) && [] });
  const query = scale ? call.op('Mul', [q, call.constant('scale', () => scale.read())]) : q;
  return attend(call, query, k, v);
}

function refuseMasks(call: LayerCall): void {
  for (const [name, given] of Object.entries(call.kwargs)) {
    if (/mask|return_attention_scores/.test(name) && given !== null && given !== false)
      call.refuse(`is called with ${name}, which is not supported`);
  }
}

function unsupportedMultiHead(config: LayerConfig): string | undefined {
  if (config.has('attention_axes') && config.ints('attention_axes').join() !== '1') return 'attends over other axes than the first';
  if (config.bool('use_gate', false)) return 'has a gate (use_gate)';
  return config.has('sliding_window') ? 'attends in a sliding window' : undefined;
}

export const attentionLayers: Rules = {
  MultiHeadAttention: { build: multiHeadAttention, unsupported: unsupportedMultiHead },
  Attention: {
    build: attention,
    unsupported: (config) =>
      config.string('score_mode', 'dot') === 'dot' ? undefined : `scores by '${config.string('score_mode')}'; dot is supported`,
  },
};
