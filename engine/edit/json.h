/* What the readers of JSON share. */
#ifndef LK_EDIT_JSON_H
#define LK_EDIT_JSON_H

#include <jansson.h>
#include <stdbool.h>

/* Did reading fail because memory is out, and not because of the text? jansson says so, or says nothing at all. */
static inline bool lk_json_lacks_memory(const json_error_t *error) {
  return !error->text[0] || json_error_code(error) == json_error_out_of_memory;
}

#endif
