import type { Model } from '../formats/types.js';
import type { Tensor } from '../ir/tensor.js';

export interface NamedInput extends Tensor {
  readonly name: string;
}

/**
 * Random numbers that every model can take, for each input of the graph in order: zeros would leave out work that real inputs cause.
 * The same seed gives the same numbers.
 */
export async function randomInputs({ graph }: Model, seed: number): Promise<NamedInput[]> {
  if (graph.inputs.length === 0) return [];
  const { randomData } = await import('../data/random-data.js');
  const { inputs } = await randomData(graph.inputs, { samples: 1, seed }).read(0);
  return graph.inputs.map(({ name }) => ({ name, ...inputs[name] }));
}
