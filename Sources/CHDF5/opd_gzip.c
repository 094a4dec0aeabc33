#include "opd_gzip.h"

#include <stdlib.h>
#include <zlib.h>

// A file of 2 MB can unpack to this; no file of annotations or predictions comes near it, and zlib reads no more at a time.
static const size_t MOST = (size_t)1 << 31;

int64_t opd_gzip_read(const char *path, uint8_t **bytes) {
  gzFile file = gzopen(path, "rb");
  if (file == NULL) return -1;
  size_t capacity = 1 << 20, count = 0;
  uint8_t *buffer = malloc(capacity);
  int received = 0;
  while (buffer != NULL) {
    received = gzread(file, buffer + count, (unsigned)(capacity - count));
    if (received <= 0) break;
    count += (size_t)received;
    if (count == capacity && count >= MOST) {
      gzclose(file);
      free(buffer);
      return -3;
    }
    if (count == capacity) {
      capacity *= 2;
      uint8_t *larger = realloc(buffer, capacity);
      if (larger == NULL) free(buffer);
      buffer = larger;
    }
  }
  // A stream that was cut short is only noticed when it is closed.
  int closed = gzclose(file);
  if (buffer == NULL || received < 0 || closed != Z_OK) {
    free(buffer);
    return -2;
  }
  *bytes = buffer;
  return (int64_t)count;
}
