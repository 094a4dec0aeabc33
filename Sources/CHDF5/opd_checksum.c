#include "opd_gzip.h"

#include <stdio.h>
#include <zlib.h>

int64_t opd_file_crc32(const char *path, int64_t *size) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) return -1;
  static const size_t block = 1 << 16;
  unsigned char buffer[1 << 16];
  uLong sum = crc32(0, Z_NULL, 0);
  size_t count;
  *size = 0;
  while ((count = fread(buffer, 1, block, file)) > 0) {
    sum = crc32(sum, buffer, (uInt)count);
    *size += (int64_t)count;
  }
  int failed = ferror(file);
  fclose(file);
  return failed ? -1 : (int64_t)sum;
}
