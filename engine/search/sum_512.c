#ifdef __AVX512BW__
#include "search/sum_way.h"

const lk_sum_ways lk_sum_ways_512 = LK_THIS_WAY;
#endif
