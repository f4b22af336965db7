/* Stand-in: registrations of kernels that resolver methods take as their default. */
#ifndef STUB_MICRO_OPS_H
#define STUB_MICRO_OPS_H

#include "tensorflow/lite/c/common.h"

namespace tflite {
inline TFLMRegistration Register_ADD() { return {0}; }
inline TFLMRegistration Register_AVERAGE_POOL_2D() { return {0}; }
inline TFLMRegistration Register_CONV_2D() { return {0}; }
inline TFLMRegistration Register_DEPTHWISE_CONV_2D() { return {0}; }
inline TFLMRegistration Register_FULLY_CONNECTED() { return {0}; }
inline TFLMRegistration Register_MAX_POOL_2D() { return {0}; }
inline TFLMRegistration Register_MUL() { return {0}; }
inline TFLMRegistration Register_PAD() { return {0}; }
inline TFLMRegistration Register_SOFTMAX() { return {0}; }
inline TFLMRegistration Register_SVDF() { return {0}; }
inline TFLMRegistration Register_UNIDIRECTIONAL_SEQUENCE_LSTM() { return {0}; }
}  // namespace tflite

#endif
