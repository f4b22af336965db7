/* Stand-in: the registration of the kernel for int8 alone. */
#ifndef STUB_DEPTHWISE_CONV_H
#define STUB_DEPTHWISE_CONV_H

#include "tensorflow/lite/c/common.h"

namespace tflite {
inline TFLMRegistration Register_DEPTHWISE_CONV_2D_INT8() { return {0}; }
}  // namespace tflite

#endif
