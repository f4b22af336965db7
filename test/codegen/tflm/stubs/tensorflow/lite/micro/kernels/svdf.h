/* Stand-in: the registration of the kernel for int8 alone. */
#ifndef STUB_SVDF_H
#define STUB_SVDF_H

#include "tensorflow/lite/c/common.h"

namespace tflite {
inline TFLMRegistration Register_SVDF_INT8() { return {0}; }
}  // namespace tflite

#endif
