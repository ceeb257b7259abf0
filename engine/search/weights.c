#include "luukku/search.h"

const lk_weights lk_weights_entries = {
    .score = {[LK_CLASS_WORD] = {.143f, .20f}, [LK_CLASS_GRAM] = {.073f, .011f}, [LK_CLASS_EXPANSION] = {.26f, .09f}},
    .part = 1.0f,
    .root = 1.0f,
    .k1 = 1.2f,
    .b = {.6f, .75f},
    .idf_power = .85f,
    .nearest = .3f,
    .ripe_phrasings = 8,
    .order_intent = 1.2f,
    .gram_most = {24, 3},
};

const lk_weights lk_weights_documents = {
    .score = {[LK_CLASS_WORD] = {1.0f, 1.0f}, [LK_CLASS_GRAM] = {.17f, .17f}, [LK_CLASS_EXPANSION] = {.5f, .5f}},
    .part = .4f,
    .root = .2f,
    .k1 = .6f,
    .b = {.6f, .9f},
    .idf_power = 1.4f,
    .gram_most = {3, 1},
};
