/* Stand-in: the registration of the kernel for int8 alone. */
#ifndef STUB_POOLING_H
#define STUB_POOLING_H

#include "tensorflow/lite/c/common.h"

namespace tflite {
inline TFLMRegistration Register_AVERAGE_POOL_2D_INT8() { return {0}; }
inline TFLMRegistration Register_MAX_POOL_2D_INT8() { return {0}; }
}  // namespace tflite

#endif
