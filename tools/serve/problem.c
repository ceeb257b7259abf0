#include <stdio.h>
#include <stdlib.h>

#include "http.h"

const char *lk_status_title(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "Error";
  }
}

/* A JSON string's inside: details are our own words, with at most a quotation of a setting or a message of the engine. */
static void escape(const char *text, char *out, size_t room) {
  size_t at = 0;
  for (; *text && at + 2 < room; text++) {
    if (*text == '"' || *text == '\\') out[at++] = '\\';
    out[at++] = (unsigned char)*text < ' ' ? ' ' : *text;
  }
  out[at] = '\0';
}

void lk_request_problem(lk_request *request, const lk_problem *p) {
  char detail[1024], number[24];
  escape(p->detail, detail, sizeof detail);
  char *body = malloc(2048);
  if (!body) {
    lk_request_answer(request, p->status, NULL, NULL, 0);
    return;
  }
  int length = snprintf(body, 2048, "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"code\":\"%s\",\"detail\":\"%s\"",
                        lk_status_title(p->status), p->status, p->code, detail);
  if (p->limit) length += snprintf(body + length, 2048 - (size_t)length, ",\"limit\":%ld", p->limit);
  if (p->window) length += snprintf(body + length, 2048 - (size_t)length, ",\"window\":%ld", p->window);
  if (p->retry_after) {
    length += snprintf(body + length, 2048 - (size_t)length, ",\"retry_after\":%ld", p->retry_after);
    snprintf(number, sizeof number, "%ld", p->retry_after);
    lk_request_set(request, "Retry-After", number);
  }
  length += snprintf(body + length, 2048 - (size_t)length, "}");
  lk_request_set(request, "Cache-Control", "no-store");
  lk_request_answer(request, p->status, "application/problem+json", body, (size_t)length);
}
