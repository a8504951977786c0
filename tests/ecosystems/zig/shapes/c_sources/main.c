#include "one.h"
#include "zero.h"
#include <two.h>

int app(void) { return ZERO + one() + two() - THREE; }
