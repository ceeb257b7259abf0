/* The shop's page vouches for a customer: JSON Web Token with HS256 and nothing else (RFC 8725: the algorithm is the reader's choice). */
#include <jansson.h>
#include <sodium.h>

#include "base/arena.h"
#include "base/error.h"
#include "luukku/identity.h"

enum { TOKEN_MAX = 8192, SECRET_MIN = 32 };

static const char *const names[] = {
    [LK_TOKEN_VALID] = "valid",         [LK_TOKEN_MALFORMED] = "malformed", [LK_TOKEN_ALGORITHM] = "algorithm",
    [LK_TOKEN_SIGNATURE] = "signature", [LK_TOKEN_EXPIRED] = "expired",     [LK_TOKEN_NOT_YET] = "not-yet",
    [LK_TOKEN_AUDIENCE] = "audience",   [LK_TOKEN_ISSUER] = "issuer",       [LK_TOKEN_NO_CUSTOMER] = "no-customer",
};
_Static_assert(sizeof names / sizeof *names == LK_TOKEN_VERDICT_COUNT, "a name for each");

const char *lk_token_verdict_name(lk_token_verdict verdict) {
  return (size_t)verdict < LK_TOKEN_VERDICT_COUNT ? names[verdict] : "unknown";
}

typedef struct parts {
  lk_view header, payload, signature; /* base64url */
  lk_view sign_input;                 /* header.payload, as it came */
} parts;

static bool split(lk_view token, parts *out) {
  const char *end = token.ptr + token.len;
  const char *first = token.len ? memchr(token.ptr, '.', token.len) : NULL;
  const char *second = first ? memchr(first + 1, '.', (size_t)(end - first - 1)) : NULL;
  if (!second || memchr(second + 1, '.', (size_t)(end - second - 1))) return false;
  out->header = (lk_view){token.ptr, (size_t)(first - token.ptr)};
  out->payload = (lk_view){first + 1, (size_t)(second - first - 1)};
  out->signature = (lk_view){second + 1, (size_t)(end - second - 1)};
  out->sign_input = (lk_view){token.ptr, (size_t)(second - token.ptr)};
  return out->header.len && out->payload.len;
}

/* SIZE_MAX when it is not base64url without padding, or more than fits. */
static size_t decode(lk_view text, unsigned char *out, size_t cap) {
  size_t len = 0;
  const char *end = NULL;
  if (sodium_base642bin(out, cap, text.ptr, text.len, NULL, &len, &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
    return SIZE_MAX;
  return end == text.ptr + text.len ? len : SIZE_MAX;
}

/* An object, strictly: one value for each member, no NUL in strings. NULL for anything else. */
static json_t *parse(lk_view part) {
  unsigned char bytes[TOKEN_MAX];
  size_t len = decode(part, bytes, sizeof bytes);
  if (len == SIZE_MAX) return NULL;
  json_t *value = json_loadb((const char *)bytes, len, JSON_REJECT_DUPLICATES, NULL);
  if (json_is_object(value)) return value;
  json_decref(value);
  return NULL;
}

static bool is_text(const json_t *value, lk_view text) {
  return json_is_string(value) && lk_view_eq((lk_view){json_string_value(value), json_string_length(value)}, text);
}

static lk_token_verdict check_header(lk_view part) {
  json_t *header = parse(part);
  if (!header) return LK_TOKEN_MALFORMED;
  bool good = is_text(json_object_get(header, "alg"), LK_LIT("HS256")) && !json_object_get(header, "crit");
  json_decref(header);
  return good ? LK_TOKEN_VALID : LK_TOKEN_ALGORITHM;
}

static lk_token_verdict check_signature(const parts *p, lk_view secret) {
  unsigned char given[crypto_auth_hmacsha256_BYTES], made[crypto_auth_hmacsha256_BYTES];
  bool whole = decode(p->signature, given, sizeof given) == sizeof given;
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret.ptr, secret.len);
  crypto_auth_hmacsha256_update(&state, (const unsigned char *)p->sign_input.ptr, p->sign_input.len);
  crypto_auth_hmacsha256_final(&state, made);
  return whole && sodium_memcmp(given, made, sizeof made) == 0 ? LK_TOKEN_VALID : LK_TOKEN_SIGNATURE;
}

/* Seconds since 1970, whole or not (RFC 7519: NumericDate), within what an int64 keeps exactly as a double. */
static bool is_time(const json_t *value, int64_t *out) {
  if (!json_is_number(value)) return false;
  double number = json_number_value(value);
  if (!(number >= 0 && number <= 9007199254740992.0)) return false;
  *out = (int64_t)number;
  return true;
}

static lk_token_verdict check_times(const json_t *payload, int64_t now, int64_t leeway, int64_t *expires) {
  const json_t *exp = json_object_get(payload, "exp"), *nbf = json_object_get(payload, "nbf");
  int64_t from = 0;
  if (!exp) return LK_TOKEN_EXPIRED;
  if (!is_time(exp, expires) || (nbf && !is_time(nbf, &from))) return LK_TOKEN_MALFORMED;
  if (now >= *expires + leeway) return LK_TOKEN_EXPIRED;
  return nbf && now + leeway < from ? LK_TOKEN_NOT_YET : LK_TOKEN_VALID;
}

/* One audience or a list of them. */
static bool names_audience(const json_t *aud, lk_view audience) {
  if (!json_is_array(aud)) return is_text(aud, audience);
  size_t i;
  const json_t *one;
  json_array_foreach(aud, i, one) if (is_text(one, audience)) return true;
  return false;
}

static lk_token_verdict check_payload(const json_t *payload, const lk_token_rules *rules, int64_t now, int64_t *expires) {
  lk_token_verdict verdict = check_times(payload, now, rules->leeway, expires);
  if (verdict != LK_TOKEN_VALID) return verdict;
  if (!names_audience(json_object_get(payload, "aud"), rules->audience)) return LK_TOKEN_AUDIENCE;
  if (rules->issuer.len && !is_text(json_object_get(payload, "iss"), rules->issuer)) return LK_TOKEN_ISSUER;
  const json_t *sub = json_object_get(payload, "sub");
  if (!sub) return LK_TOKEN_NO_CUSTOMER;
  if (!json_is_string(sub)) return LK_TOKEN_MALFORMED;
  return json_string_length(sub) ? LK_TOKEN_VALID : LK_TOKEN_NO_CUSTOMER;
}

/* Empty for a claim that is missing or no string. */
static bool copy_claim(const json_t *payload, const char *name, lk_arena *arena, lk_view *out) {
  const json_t *value = json_object_get(payload, name);
  *out = LK_LIT("");
  if (!json_is_string(value) || !json_string_length(value)) return true;
  *out = lk_arena_copy(arena, (lk_view){json_string_value(value), json_string_length(value)});
  return out->ptr != NULL;
}

static lk_code read_claims(lk_view part, const lk_token_rules *rules, int64_t now, lk_arena *arena, lk_token_verdict *verdict,
                           lk_token_claims *claims, lk_error *err) {
  json_t *payload = parse(part);
  *verdict = payload ? check_payload(payload, rules, now, &claims->expires) : LK_TOKEN_MALFORMED;
  bool copied = true;
  if (*verdict == LK_TOKEN_VALID)
    copied = copy_claim(payload, "sub", arena, &claims->customer) && copy_claim(payload, "email", arena, &claims->email) &&
             copy_claim(payload, "name", arena, &claims->name);
  json_decref(payload);
  return copied ? LK_OK : lk_fail_memory(err);
}

lk_code lk_token_check(lk_view token, const lk_token_rules *rules, int64_t now, lk_arena *arena, lk_token_verdict *verdict,
                       lk_token_claims *claims, lk_error *err) {
  *verdict = LK_TOKEN_MALFORMED;
  *claims = (lk_token_claims){LK_LIT(""), LK_LIT(""), LK_LIT(""), 0};
  if (rules->secret.len < SECRET_MIN)
    return lk_fail(err, LK_ERR_INPUT, "the token's secret has %zu bytes; use at least %d random ones", rules->secret.len,
                   SECRET_MIN);
  if (!rules->audience.len)
    return lk_fail(err, LK_ERR_INPUT, "no audience for tokens; name the one that the shop's page puts into them");
  parts p;
  if (token.len > TOKEN_MAX || !split(token, &p)) return LK_OK;
  *verdict = check_header(p.header);
  if (*verdict == LK_TOKEN_VALID) *verdict = check_signature(&p, rules->secret);
  if (*verdict != LK_TOKEN_VALID) return LK_OK;
  /* Only what is signed is read. */
  lk_code code = read_claims(p.payload, rules, now, arena, verdict, claims, err);
  if (code != LK_OK || *verdict != LK_TOKEN_VALID) *claims = (lk_token_claims){LK_LIT(""), LK_LIT(""), LK_LIT(""), 0};
  return code;
}
