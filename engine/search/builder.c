#include "search/builder.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/vector.h"

enum { BAGS_MAX = INT32_MAX };

static lk_index_builder *new_builder(const lk_weights *weights, lk_bags *bags, lk_error *err) {
  lk_index_builder *builder = bags ? calloc(1, sizeof *builder) : NULL;
  if (!builder) {
    lk_bags_drop(bags);
    (void)lk_fail_memory(err);
    return NULL;
  }
  *builder = (lk_index_builder){.weights = *weights, .bags = bags};
  return builder;
}

lk_index_builder *lk_index_builder_new(const lk_weights *weights, lk_error *err) {
  return new_builder(weights, lk_bags_new(weights, lk_terms_new()), err);
}

lk_index_builder *lk_index_builder_beside(lk_index_builder *other, lk_error *err) {
  other->bags->owners++;
  return new_builder(&other->weights, other->bags, err);
}

static void empty(lk_index_builder *builder) {
  free(builder->documents.items);
  free(builder->words.items);
  lk_bags_drop(builder->bags);
  *builder = (lk_index_builder){.weights = builder->weights};
}

void lk_index_builder_free(lk_index_builder *builder) {
  if (!builder) return;
  empty(builder);
  free(builder);
}

lk_code lk_index_builder_document(lk_index_builder *builder, lk_error *err) {
  if (builder->documents.count == UINT32_MAX - 1)
    return lk_fail(err, LK_ERR_LIMIT, "too many documents for one index; split the collection");
  lk_draft_document fresh = {.first = builder->words.count};
  return LK_PUSH(&builder->documents, fresh) ? LK_OK : lk_fail_memory(err);
}

static lk_code add_words(lk_index_builder *builder, lk_field field, lk_error *err) {
  const lk_bags *bags = builder->bags;
  if (!builder->documents.count) return lk_fail(err, LK_ERR_STATE, "text before the first document; begin a document first");
  if (bags->bags.count > BAGS_MAX) return lk_fail(err, LK_ERR_LIMIT, "too many different words; split the collection");
  lk_draft_document *last = &builder->documents.items[builder->documents.count - 1];
  for (size_t w = 0; w < bags->text.count; w++) {
    const lk_bag *bag = &bags->bags.items[bags->text.items[w]];
    if (!LK_PUSH(&builder->words, bags->text.items[w] * LK_FIELD_COUNT + field)) return lk_fail_memory(err);
    for (uint32_t i = 0; i < bag->words; i++) last->length[LK_SPACE_WORD][field] += bags->frequencies.items[bag->first_own + i];
    last->length[LK_SPACE_GRAM][field] += (float)bag->grams;
  }
  return LK_OK;
}

lk_code lk_index_builder_text(lk_index_builder *builder, lk_field field, const lk_analysis *text, lk_error *err) {
  if (!lk_bags_read(builder->bags, text)) return lk_fail_memory(err);
  return add_words(builder, field, err);
}

lk_code lk_index_builder_same(lk_index_builder *builder, lk_field field, const lk_index_builder *other, lk_error *err) {
  return builder->bags == other->bags ? add_words(builder, field, err)
                                      : lk_fail(err, LK_ERR_STATE, "two builders that were not made side by side");
}

lk_index *lk_index_builder_freeze(lk_index_builder *builder, lk_error *err) {
  lk_index *index = builder->bags ? calloc(1, sizeof *index) : NULL;
  bool fine = index != NULL;
  if (fine) {
    index->weights = builder->weights;
    index->documents = (uint32_t)builder->documents.count;
    index->terms = builder->bags->terms;
    index->terms->owners++;
  }
  for (int s = 0; fine && s < LK_SPACE_COUNT; s++) fine = lk_freeze_space(builder, (lk_space)s, &index->spaces[s]);
  if (!fine) {
    lk_index_free(index);
    (void)lk_fail_memory(err);
    return NULL;
  }
  empty(builder);
  return index;
}
