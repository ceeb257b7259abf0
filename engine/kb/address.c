#include "kb/address.h"

#include <strings.h>

static bool begins(lk_view text, const char *prefix) {
  size_t len = strlen(prefix);
  return text.len >= len && strncasecmp(text.ptr, prefix, len) == 0;
}

static lk_view behind(lk_view text, size_t len) { return (lk_view){text.ptr + len, text.len - len}; }

/* Is there a colon before any of / ? #: that is, does it begin with a scheme? (RFC 3986, 4.2) */
static bool has_scheme(lk_view href) {
  for (size_t i = 0; i < href.len && !memchr("/?#", href.ptr[i], 3); i++)
    if (href.ptr[i] == ':') return true;
  return false;
}

bool lk_address_safe(lk_view href) {
  if (!href.len) return false;
  for (size_t i = 0; i < href.len; i++) {
    unsigned char c = (unsigned char)href.ptr[i];
    if (c <= 0x20 || c == 0x7F || memchr("\"'<>\\`", c, 6)) return false;
  }
  if (begins(href, "//")) return false;
  return !has_scheme(href) || begins(href, "https://") || begins(href, "http://") || begins(href, "mailto:") ||
         begins(href, "tel:");
}

static const char *dead_web(lk_view rest) {
  if (begins(rest, "http:") || begins(rest, "https:")) return "it begins with https:// twice";
  size_t host = 0;
  while (host < rest.len && !memchr("/?#:", rest.ptr[host], 4)) host++;
  if (!host) return "it names no site behind https://";
  if (!memchr(rest.ptr, '.', host) && !(host == 9 && begins(rest, "localhost"))) return "the site's name has no point in it";
  if (rest.ptr[0] == '.' || rest.ptr[host - 1] == '.') return "the site's name begins or ends with a point";
  for (size_t i = 1; i < host; i++)
    if (rest.ptr[i] == '.' && rest.ptr[i - 1] == '.') return "the site's name has two points in a row";
  return NULL;
}

static const char *dead_mail(lk_view rest) {
  const char *at = rest.len ? memchr(rest.ptr, '@', rest.len) : NULL;
  if (!at || at == rest.ptr) return "it is no e-mail address";
  lk_view host = behind(rest, (size_t)(at - rest.ptr) + 1);
  return host.len > 2 && memchr(host.ptr, '.', host.len) && !memchr(host.ptr, '@', host.len) ? NULL : "it is no e-mail address";
}

static const char *dead_phone(lk_view rest) {
  size_t digits = 0;
  for (size_t i = 0; i < rest.len; i++) {
    if (rest.ptr[i] >= '0' && rest.ptr[i] <= '9')
      digits++;
    else if (!memchr("+-.()", rest.ptr[i], 5))
      return "it is no phone number";
  }
  return digits >= 3 ? NULL : "it is no phone number";
}

const char *lk_address_dead(lk_view href) {
  if (begins(href, "https://")) return dead_web(behind(href, 8));
  if (begins(href, "http://")) return dead_web(behind(href, 7));
  if (begins(href, "mailto:")) return dead_mail(behind(href, 7));
  if (begins(href, "tel:")) return dead_phone(behind(href, 4));
  if (begins(href, "www.")) return "it lacks https:// at its beginning";
  if (href.ptr[0] != '/' && href.ptr[0] != '#' && href.ptr[0] != '?' && memchr(href.ptr, '@', href.len))
    return "it lacks mailto: at its beginning";
  return NULL;
}
