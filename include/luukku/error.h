/* Errors: what went wrong, where, and what to do about it.
 *
 * A function that can fail returns an lk_code (or NULL) and fills in the lk_error that the caller passes. "Nothing found"
 * is a result and never an error. A message says what is wrong and, after a semicolon, how to mend it.
 *
 * Ownership: an lk_error is plain memory of the caller; nothing in it has to be freed. `err` may be NULL everywhere.
 * Threads: no shared state. */
#ifndef LUUKKU_ERROR_H
#define LUUKKU_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

typedef enum lk_code {
  LK_OK = 0,
  LK_ERR_MEMORY,  /* an allocation failed */
  LK_ERR_IO,      /* a file or database cannot be read or written (missing, no permission, full disk) */
  LK_ERR_INPUT,   /* input that is not what it should be: malformed XML, wrong arguments, a foreign file */
  LK_ERR_LIMIT,   /* a stated limit is exceeded */
  LK_ERR_BUSY,    /* somebody else holds it; the same call may succeed later */
  LK_ERR_STATE,   /* not possible in the present state (an order already packed, a case already closed) */
  LK_ERR_DENIED,  /* proof is missing or wrong */
  LK_ERR_MISSING, /* a thing that was named does not exist */
  LK_ERR_BACKEND  /* an outside service failed or answered nonsense */
} lk_code;

typedef struct lk_error {
  lk_code code;
  int line;          /* 1-based line in `file`, 0 when there is none */
  char file[256];    /* path as the caller named it, "" when there is none */
  char message[512]; /* UTF-8, one line: "what is wrong; how to mend it" */
} lk_error;

/* A short English name of the code, for logs ("input", "io" …). Never NULL. */
const char *lk_code_name(lk_code code);

#ifdef __cplusplus
}
#endif
#endif
