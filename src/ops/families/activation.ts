import { oneOf } from '../define.js';

/** Activations that TFLite can fuse into the operator before; their bounds in reals. */
export const fusable = { none: [-Infinity, Infinity], relu: [0, Infinity], relu6: [0, 6], relu_n1_to_1: [-1, 1] } as const;
export type Activation = keyof typeof fusable;

/** The `activation` attribute of operators that can carry a fused one. */
export const activation = oneOf<Activation>('none', 'relu', 'relu6', 'relu_n1_to_1');

export const applyActivation = (x: number, a: Activation): number => {
  const [lo, hi] = fusable[a];
  return x < lo ? lo : x > hi ? hi : x;
};

const tfliteNames: Record<Activation, string> = { none: 'NONE', relu: 'RELU', relu6: 'RELU6', relu_n1_to_1: 'RELU_N1_TO_1' };

/** ActivationFunctionType's name in the TFLite schema. */
export const toTfliteActivation = (a: Activation): string => tfliteNames[a];

/** From ActivationFunctionType's name; undefined for TANH and SIGN_BIT, which no kernel fuses. */
export const fromTfliteActivation = (name: string): Activation | undefined =>
  (Object.keys(tfliteNames) as Activation[]).find((k) => tfliteNames[k] === name);
