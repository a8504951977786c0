#include "config.h"

int app(void) { return ANSWER - 42; }
