/* Stand-in: the registration of the kernel for int8 alone. */
#ifndef STUB_FULLY_CONNECTED_H
#define STUB_FULLY_CONNECTED_H

#include "tensorflow/lite/c/common.h"

namespace tflite {
inline TFLMRegistration Register_FULLY_CONNECTED_INT8() { return {0}; }
}  // namespace tflite

#endif
