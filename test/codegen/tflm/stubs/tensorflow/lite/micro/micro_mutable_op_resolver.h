/* Stand-in for TensorFlow Lite Micro's header, with its methods and their signatures, written from the documented API. */
#ifndef STUB_MICRO_MUTABLE_OP_RESOLVER_H
#define STUB_MICRO_MUTABLE_OP_RESOLVER_H

#include "tensorflow/lite/c/common.h"
#include "tensorflow/lite/micro/kernels/micro_ops.h"

namespace tflite {

class MicroOpResolver {};

/** Counts what is registered; more than there is room for is an error, as in the original. */
template <unsigned int tOpCount>
class MicroMutableOpResolver : public MicroOpResolver {
 public:
  TfLiteStatus AddAbs() { return Add(0); }
  TfLiteStatus AddAdd(const TFLMRegistration& registration = Register_ADD()) { return Add(registration.builtin_code); }
  TfLiteStatus AddAddN() { return Add(0); }
  TfLiteStatus AddArgMax() { return Add(0); }
  TfLiteStatus AddArgMin() { return Add(0); }
  TfLiteStatus AddAssignVariable() { return Add(0); }
  TfLiteStatus AddAveragePool2D(const TFLMRegistration& registration = Register_AVERAGE_POOL_2D()) { return Add(registration.builtin_code); }
  TfLiteStatus AddBatchMatMul() { return Add(0); }
  TfLiteStatus AddBatchToSpaceNd() { return Add(0); }
  TfLiteStatus AddBroadcastArgs() { return Add(0); }
  TfLiteStatus AddBroadcastTo() { return Add(0); }
  TfLiteStatus AddCallOnce() { return Add(0); }
  TfLiteStatus AddCast() { return Add(0); }
  TfLiteStatus AddCeil() { return Add(0); }
  TfLiteStatus AddConcatenation() { return Add(0); }
  TfLiteStatus AddConv2D(const TFLMRegistration& registration = Register_CONV_2D()) { return Add(registration.builtin_code); }
  TfLiteStatus AddCos() { return Add(0); }
  TfLiteStatus AddCumSum() { return Add(0); }
  TfLiteStatus AddDepthToSpace() { return Add(0); }
  TfLiteStatus AddDepthwiseConv2D(const TFLMRegistration& registration = Register_DEPTHWISE_CONV_2D()) { return Add(registration.builtin_code); }
  TfLiteStatus AddDequantize() { return Add(0); }
  TfLiteStatus AddDiv() { return Add(0); }
  TfLiteStatus AddDynamicUpdateSlice() { return Add(0); }
  TfLiteStatus AddElu() { return Add(0); }
  TfLiteStatus AddEmbeddingLookup() { return Add(0); }
  TfLiteStatus AddEqual() { return Add(0); }
  TfLiteStatus AddExp() { return Add(0); }
  TfLiteStatus AddExpandDims() { return Add(0); }
  TfLiteStatus AddFill() { return Add(0); }
  TfLiteStatus AddFloor() { return Add(0); }
  TfLiteStatus AddFloorDiv() { return Add(0); }
  TfLiteStatus AddFloorMod() { return Add(0); }
  TfLiteStatus AddFullyConnected(const TFLMRegistration& registration = Register_FULLY_CONNECTED()) { return Add(registration.builtin_code); }
  TfLiteStatus AddGather() { return Add(0); }
  TfLiteStatus AddGatherNd() { return Add(0); }
  TfLiteStatus AddGreater() { return Add(0); }
  TfLiteStatus AddGreaterEqual() { return Add(0); }
  TfLiteStatus AddHardSwish() { return Add(0); }
  TfLiteStatus AddIf() { return Add(0); }
  TfLiteStatus AddL2Normalization() { return Add(0); }
  TfLiteStatus AddL2Pool2D() { return Add(0); }
  TfLiteStatus AddLeakyRelu() { return Add(0); }
  TfLiteStatus AddLess() { return Add(0); }
  TfLiteStatus AddLessEqual() { return Add(0); }
  TfLiteStatus AddLog() { return Add(0); }
  TfLiteStatus AddLogSoftmax() { return Add(0); }
  TfLiteStatus AddLogicalAnd() { return Add(0); }
  TfLiteStatus AddLogicalNot() { return Add(0); }
  TfLiteStatus AddLogicalOr() { return Add(0); }
  TfLiteStatus AddLogistic() { return Add(0); }
  TfLiteStatus AddMaxPool2D(const TFLMRegistration& registration = Register_MAX_POOL_2D()) { return Add(registration.builtin_code); }
  TfLiteStatus AddMaximum() { return Add(0); }
  TfLiteStatus AddMean() { return Add(0); }
  TfLiteStatus AddMinimum() { return Add(0); }
  TfLiteStatus AddMirrorPad() { return Add(0); }
  TfLiteStatus AddMul(const TFLMRegistration& registration = Register_MUL()) { return Add(registration.builtin_code); }
  TfLiteStatus AddNeg() { return Add(0); }
  TfLiteStatus AddNotEqual() { return Add(0); }
  TfLiteStatus AddPack() { return Add(0); }
  TfLiteStatus AddPad(const TFLMRegistration& registration = Register_PAD()) { return Add(registration.builtin_code); }
  TfLiteStatus AddPadV2() { return Add(0); }
  TfLiteStatus AddPrelu() { return Add(0); }
  TfLiteStatus AddQuantize() { return Add(0); }
  TfLiteStatus AddReadVariable() { return Add(0); }
  TfLiteStatus AddReduceAll() { return Add(0); }
  TfLiteStatus AddReduceMax() { return Add(0); }
  TfLiteStatus AddReduceMin() { return Add(0); }
  TfLiteStatus AddRelu() { return Add(0); }
  TfLiteStatus AddRelu6() { return Add(0); }
  TfLiteStatus AddReshape() { return Add(0); }
  TfLiteStatus AddResizeBilinear() { return Add(0); }
  TfLiteStatus AddResizeNearestNeighbor() { return Add(0); }
  TfLiteStatus AddReverseV2() { return Add(0); }
  TfLiteStatus AddRound() { return Add(0); }
  TfLiteStatus AddRsqrt() { return Add(0); }
  TfLiteStatus AddSelectV2() { return Add(0); }
  TfLiteStatus AddShape() { return Add(0); }
  TfLiteStatus AddSin() { return Add(0); }
  TfLiteStatus AddSlice() { return Add(0); }
  TfLiteStatus AddSoftmax(const TFLMRegistration& registration = Register_SOFTMAX()) { return Add(registration.builtin_code); }
  TfLiteStatus AddSpaceToBatchNd() { return Add(0); }
  TfLiteStatus AddSpaceToDepth() { return Add(0); }
  TfLiteStatus AddSplit() { return Add(0); }
  TfLiteStatus AddSplitV() { return Add(0); }
  TfLiteStatus AddSqrt() { return Add(0); }
  TfLiteStatus AddSquare() { return Add(0); }
  TfLiteStatus AddSquaredDifference() { return Add(0); }
  TfLiteStatus AddSqueeze() { return Add(0); }
  TfLiteStatus AddStridedSlice() { return Add(0); }
  TfLiteStatus AddSub() { return Add(0); }
  TfLiteStatus AddSum() { return Add(0); }
  TfLiteStatus AddSvdf(const TFLMRegistration& registration = Register_SVDF()) { return Add(registration.builtin_code); }
  TfLiteStatus AddTanh() { return Add(0); }
  TfLiteStatus AddTranspose() { return Add(0); }
  TfLiteStatus AddTransposeConv() { return Add(0); }
  TfLiteStatus AddUnidirectionalSequenceLSTM(const TFLMRegistration& registration = Register_UNIDIRECTIONAL_SEQUENCE_LSTM()) { return Add(registration.builtin_code); }
  TfLiteStatus AddUnpack() { return Add(0); }
  TfLiteStatus AddVarHandle() { return Add(0); }
  TfLiteStatus AddWhile() { return Add(0); }
  TfLiteStatus AddZerosLike() { return Add(0); }
  TfLiteStatus AddCircularBuffer() { return Add(0); }
  TfLiteStatus AddDelay() { return Add(0); }
  TfLiteStatus AddDetectionPostprocess() { return Add(0); }
  TfLiteStatus AddEnergy() { return Add(0); }
  TfLiteStatus AddEthosU() { return Add(0); }
  TfLiteStatus AddFftAutoScale() { return Add(0); }
  TfLiteStatus AddFilterBank() { return Add(0); }
  TfLiteStatus AddFilterBankLog() { return Add(0); }
  TfLiteStatus AddFilterBankSquareRoot() { return Add(0); }
  TfLiteStatus AddFramer() { return Add(0); }
  TfLiteStatus AddOverlapAdd() { return Add(0); }
  TfLiteStatus AddRfft() { return Add(0); }
  TfLiteStatus AddStacker() { return Add(0); }
  TfLiteStatus AddWindow() { return Add(0); }

  unsigned int GetRegistrationLength() { return registered_; }

 private:
  TfLiteStatus Add(int) { return registered_ < tOpCount ? (++registered_, kTfLiteOk) : kTfLiteError; }
  unsigned int registered_ = 0;
};

}  // namespace tflite

#endif
