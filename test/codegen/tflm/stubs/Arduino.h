/* Stand-in for Arduino's core. */
#pragma once
#include <stdint.h>
struct StubSerial {
  void begin(unsigned long) {}
  explicit operator bool() const { return true; }
  void print(const char *);
  int read();
};
extern StubSerial Serial;
uint32_t millis();
uint32_t micros();
void delay(uint32_t ms);
void setup();
void loop();
