#include <stdio.h>

int main(void) {
  puts("luukku");
  return 0;
}
