#include "opd_gzip.h"

#include <limits.h>
#include <string.h>
#include <zlib.h>

int opd_inflate(const uint8_t *packed, size_t packed_count, uint8_t *bytes, size_t count) {
  if (packed_count > UINT_MAX || count > UINT_MAX) return -1;
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  if (inflateInit(&stream) != Z_OK) return -1;
  stream.next_in = (Bytef *)packed;
  stream.avail_in = (uInt)packed_count;
  stream.next_out = bytes;
  stream.avail_out = (uInt)count;
  int result = inflate(&stream, Z_FINISH);
  size_t left = stream.avail_out;
  inflateEnd(&stream);
  return result == Z_STREAM_END && left == 0 ? 0 : -1;
}
