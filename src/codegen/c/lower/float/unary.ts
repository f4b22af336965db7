import type { Attrs, Node, Value } from '../../../../ir/graph.js';
import { sizeOf } from '../../../../ir/types.js';
import { type Call, float, input, output, type Rule } from '../../program.js';
import { needFloats } from './operands.js';

/** Operators without parameters by their C functions, `edgeml_…_f32` of kernels/unary_f32.h. */
const plain: Readonly<Record<string, string>> = {
  ...{ Abs: 'abs', Acos: 'acos', Acosh: 'acosh', Asin: 'asin', Asinh: 'asinh', Atan: 'atan', Atanh: 'atanh', Ceil: 'ceil', Cos: 'cos' },
  ...{
    Cosh: 'cosh',
    Erf: 'erf',
    Exp: 'exp',
    Floor: 'floor',
    HardSwish: 'hard_swish',
    IsNaN: 'is_nan',
    Log: 'log',
    Mish: 'mish',
    Neg: 'neg',
  },
  ...{ Reciprocal: 'reciprocal', Relu: 'relu', Round: 'round', Rsqrt: 'rsqrt', Sigmoid: 'sigmoid', Sign: 'sign', Sin: 'sin', Sinh: 'sinh' },
  ...{ Softplus: 'softplus', Softsign: 'softsign', Sqrt: 'sqrt', Square: 'square', Tan: 'tan', Tanh: 'tanh' },
};

/** Operators with parameters: the attributes that the C function takes after the number of elements, in its order. */
const parametric: Readonly<Record<string, readonly [name: string, ...attributes: string[]]>> = {
  Celu: ['celu', 'alpha'],
  Clip: ['clip', 'min', 'max'],
  Elu: ['elu', 'alpha'],
  HardSigmoid: ['hard_sigmoid', 'alpha', 'beta'],
  LeakyRelu: ['leaky_relu', 'alpha'],
  Selu: ['selu', 'alpha', 'gamma'],
  Shrink: ['shrink', 'bias', 'lambd'],
  Swish: ['swish', 'alpha'],
  ThresholdedRelu: ['thresholded_relu', 'alpha'],
};

/** Operators whose attributes choose the function. */
const chosen: Readonly<Record<string, (attrs: Attrs) => string>> = {
  Gelu: ({ approximate }) => (approximate ? 'gelu_tanh' : 'gelu'),
  IsInf: ({ detectNegative, detectPositive }) =>
    detectNegative && detectPositive ? 'is_inf' : detectPositive ? 'is_inf_above' : detectNegative ? 'is_inf_below' : 'is_inf_never',
};

function unary(node: Node): Call[] {
  const [x] = node.inputs as readonly Value[];
  const [y] = node.outputs;
  needFloats(x);
  const [name, ...attributes] = parametric[node.op] ?? [plain[node.op] ?? chosen[node.op](node.attrs)];
  return [
    {
      kernel: 'unary_f32',
      function: `edgeml_${name}_f32`,
      args: [input(x), output(y), sizeOf(x.shape), ...attributes.map((a) => float(node.attrs[a] as number))],
      overlaps: new Map([[x, 0]]),
    },
  ];
}

export const floatUnaryRules: readonly Rule[] = [
  { ops: [...Object.keys(plain), ...Object.keys(parametric), ...Object.keys(chosen)], types: ['float32'], lower: unary },
];
