import { enums } from './enums.js';

/** The scalar types of flatbuffers with their size in bytes. */
export const scalarBytes = { bool: 1, byte: 1, ubyte: 1, int: 4, uint: 4, long: 8, ulong: 8, float: 4 } as const;
export type Scalar = keyof typeof scalarBytes;

/** A field of a table. `kind` says how it is stored, `of` which enum, table or element it holds. */
export interface Field {
  readonly name: string;
  /** Position in the vtable, from 0. */
  readonly slot: number;
  readonly kind: 'scalar' | 'enum' | 'string' | 'table' | 'union' | 'scalars' | 'tables' | 'unread';
  readonly of: string;
  readonly scalar: Scalar;
  readonly default: number;
  readonly align: number;
}

/**
 * Tables of the TFLite schema (tensorflow/lite/schema/schema.fbs): fields in slot order as `name:type`.
 * `[x]` is a vector, `=n` a default other than 0, `@n` an alignment that the file asks for,
 * `?` a slot that edgeml neither reads nor writes. A union takes two slots: its type, then its table.
 * An option table that is not listed has no fields.
 */
const source: Readonly<Record<string, string>> = {
  Model: `
    version:uint operator_codes:[OperatorCode] subgraphs:[SubGraph] description:string buffers:[Buffer] metadata_buffer:[int]
    metadata:[Metadata] signature_defs:[SignatureDef] external_buffer_groups:? external_buffers:?
  `,
  OperatorCode: 'deprecated_builtin_code:byte custom_code:string version:int=1 builtin_code:BuiltinOperator/int',
  SubGraph: 'tensors:[Tensor] inputs:[int] outputs:[int] operators:[Operator] name:string',
  Tensor: `
    shape:[int] type:TensorType buffer:uint name:string quantization:QuantizationParameters is_variable:bool
    sparsity:SparsityParameters shape_signature:[int] has_rank:bool variant_tensors:? external_buffer:uint
  `,
  QuantizationParameters: 'min:[float] max:[float] scale:[float] zero_point:[long] details_type:ubyte details:? quantized_dimension:int',
  SparsityParameters: 'traversal_order:[int]',
  Operator: `
    opcode_index:uint inputs:[int] outputs:[int] builtin_options_type:BuiltinOptions/ubyte builtin_options:union
    custom_options:[ubyte] custom_options_format:CustomOptionsFormat mutating_variable_inputs:? intermediates:?
    large_custom_options_offset:ulong large_custom_options_size:ulong
  `,
  Buffer: 'data:[ubyte]@16 offset:ulong size:ulong',
  Metadata: 'name:string buffer:uint',
  SignatureDef: 'inputs:[TensorMap] outputs:[TensorMap] signature_key:string deprecated_tag:? subgraph_index:uint',
  TensorMap: 'name:string tensor_index:uint',

  AddOptions: 'fused_activation_function:ActivationFunctionType pot_scale_int16:bool=1',
  ArgMaxOptions: 'output_type:TensorType',
  ArgMinOptions: 'output_type:TensorType',
  BatchMatMulOptions: 'adj_x:bool adj_y:bool asymmetric_quantize_inputs:bool',
  CallOnceOptions: 'init_subgraph_index:int',
  CastOptions: 'in_data_type:TensorType out_data_type:TensorType',
  ConcatenationOptions: 'axis:int fused_activation_function:ActivationFunctionType',
  Conv2DOptions: `
    padding:Padding stride_w:int stride_h:int fused_activation_function:ActivationFunctionType dilation_w_factor:int=1
    dilation_h_factor:int=1 quantized_bias_type:TensorType
  `,
  CumsumOptions: 'exclusive:bool reverse:bool',
  DepthToSpaceOptions: 'block_size:int',
  DepthwiseConv2DOptions: `
    padding:Padding stride_w:int stride_h:int depth_multiplier:int fused_activation_function:ActivationFunctionType
    dilation_w_factor:int=1 dilation_h_factor:int=1
  `,
  DivOptions: 'fused_activation_function:ActivationFunctionType',
  FakeQuantOptions: 'min:float max:float num_bits:int narrow_range:bool',
  FullyConnectedOptions: `
    fused_activation_function:ActivationFunctionType weights_format:FullyConnectedOptionsWeightsFormat keep_num_dims:bool
    asymmetric_quantize_inputs:bool quantized_bias_type:TensorType
  `,
  GatherOptions: 'axis:int batch_dims:int',
  GeluOptions: 'approximate:bool',
  IfOptions: 'then_subgraph_index:int else_subgraph_index:int',
  L2NormOptions: 'fused_activation_function:ActivationFunctionType',
  LeakyReluOptions: 'alpha:float',
  LocalResponseNormalizationOptions: 'radius:int bias:float alpha:float beta:float',
  MirrorPadOptions: 'mode:MirrorPadMode',
  MulOptions: 'fused_activation_function:ActivationFunctionType',
  OneHotOptions: 'axis:int',
  PackOptions: 'values_count:int axis:int',
  Pool2DOptions: `
    padding:Padding stride_w:int stride_h:int filter_width:int filter_height:int fused_activation_function:ActivationFunctionType
  `,
  ReducerOptions: 'keep_dims:bool',
  ReshapeOptions: 'new_shape:[int]',
  ResizeBilinearOptions: 'new_height:? new_width:? align_corners:bool half_pixel_centers:bool',
  ResizeNearestNeighborOptions: 'align_corners:bool half_pixel_centers:bool',
  ReverseSequenceOptions: 'seq_dim:int batch_dim:int',
  ShapeOptions: 'out_type:TensorType',
  SoftmaxOptions: 'beta:float',
  SpaceToDepthOptions: 'block_size:int',
  SplitOptions: 'num_splits:int',
  SplitVOptions: 'num_splits:int',
  SqueezeOptions: 'squeeze_dims:[int]',
  StridedSliceOptions: 'begin_mask:int end_mask:int ellipsis_mask:int new_axis_mask:int shrink_axis_mask:int offset:bool',
  SubOptions: 'fused_activation_function:ActivationFunctionType pot_scale_int16:bool=1',
  TransposeConvOptions: `
    padding:Padding stride_w:int stride_h:int fused_activation_function:ActivationFunctionType quantized_bias_type:TensorType
  `,
  UnpackOptions: 'num:int axis:int',
  WhileOptions: 'cond_subgraph_index:int body_subgraph_index:int',
};

const isScalar = (type: string): type is Scalar => type in scalarBytes;

function parseField(text: string, slot: number): Field {
  const [, name, type, storage, value, align] = /^(\w+):(\[?[\w?]+\]?)(?:\/(\w+))?(?:=(\d+))?(?:@(\d+))?$/.exec(text) as RegExpExecArray;
  const vector = type.startsWith('[');
  const of = vector ? type.slice(1, -1) : type;
  // Enums are stored as bytes unless the schema says otherwise.
  const scalar = isScalar(of) ? of : ((storage as Scalar | undefined) ?? 'byte');
  const single = of === '?' ? 'unread' : of === 'union' || of === 'string' ? of : isScalar(of) ? 'scalar' : of in enums ? 'enum' : 'table';
  const kind = (vector ? `${single}s` : single) as Field['kind'];
  return { name, slot, kind, of, scalar, default: Number(value ?? 0), align: Number(align ?? 0) };
}

const parsed = new Map<string, readonly Field[]>();

/** The fields of a table by slot; none for an option table without fields. */
export function fieldsOf(table: string): readonly Field[] {
  let fields = parsed.get(table);
  if (!fields) {
    fields = (source[table]?.trim().split(/\s+/) ?? []).map(parseField);
    parsed.set(table, fields);
  }
  return fields;
}

/** Whether edgeml knows the fields of this option table. */
export const isKnownTable = (table: string): boolean => table in source;
