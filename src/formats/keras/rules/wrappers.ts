import { LayerConfig } from '../config.js';
import type { LayerCall, Rules } from '../layer.js';

/** The layer that is applied to every time step. */
export const wrapped = (config: LayerConfig): LayerConfig => new LayerConfig(config.fields.layer, `Layer '${config.name}'`);

/** Time steps are samples to the wrapped layer. */
function timeDistributed(call: LayerCall) {
  const { x } = call;
  if (x.shape.length < 3) call.fail(`is called on a tensor of shape [${x.shape}]; it takes [batch, steps, …]`);
  const [n, steps] = x.shape;
  const samples = call.reshape(x, [n * steps, ...x.shape.slice(2)]);
  const inner = call.inner(wrapped(call.config), [samples], call.layer.weights.attribute('layer'));
  return call.context.build(inner).map((y) => call.reshape(y, [n, steps, ...y.shape.slice(1)]));
}

export const wrapperLayers: Rules = { TimeDistributed: { build: timeDistributed } };
