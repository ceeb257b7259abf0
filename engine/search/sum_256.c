#ifdef __AVX2__
#include "search/sum_way.h"

const lk_sum_ways lk_sum_ways_256 = LK_THIS_WAY;
#endif
