/* Taking personal data out of text that is kept for analysis: events, logs, gaps, reports.
 *
 * What is found is replaced by a marker that stays the same in every language:
 *   [hetu]    a Finnish personal identity code whose date exists and whose check character is right (all century signs, those of 2023 too)
 *   [kortti]  a payment card number: 13 to 19 digits, also in groups, with a right Luhn sum
 *   [iban]    an IBAN with right check digits, also in groups
 *   [email]   an e-mail address
 *   [puhelin] a telephone number in Finnish or international form
 *   [osoite]  a street address: a name that ends like a Finnish or Swedish street, and a house number
 *   [nimi]    a name that follows a closing ("terveisin", "mvh", "regards") or an introduction ("nimeni on", "jag heter", "my name is")
 * Other names, order numbers, prices, dates, times, postcodes, product codes and tracking codes stay: analysis needs them. Masking errs towards keeping what fails
 * its check sum and towards taking what looks like an address. Masked text is never masked again, so masking twice changes nothing.
 * Pure functions: any thread may call them, each with its own arena, in which the result lives. */
#ifndef LUUKKU_MASK_H
#define LUUKKU_MASK_H

#include "luukku/arena.h"
#include "luukku/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* `text` with personal data replaced, in `arena`. `ptr` is NULL when memory is out: then there is nothing that may be kept. */
lk_view lk_mask(lk_view text, lk_arena *arena);
/* The same within the strings of a JSON text: numbers and structure stay. */
lk_view lk_mask_json(lk_view json, lk_arena *arena);

#ifdef __cplusplus
}
#endif
#endif
