#include "opd_gzip.h"

#include <limits.h>
#include <stdlib.h>
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

int64_t opd_gunzip(const uint8_t *packed, size_t packed_count, size_t most, uint8_t **bytes) {
  if (packed_count > UINT_MAX) return -1;
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  // 15: the largest window; 16: a gzip header and nothing else.
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return -1;
  stream.next_in = (Bytef *)packed;
  stream.avail_in = (uInt)packed_count;
  uint8_t *buffer = NULL;
  size_t capacity = 0, count = 0;
  int result = Z_OK;
  while (result == Z_OK && capacity < most) {
    capacity = capacity == 0 ? (size_t)1 << 16 : 2 * capacity;
    if (capacity > most) capacity = most;
    uint8_t *larger = realloc(buffer, capacity);
    if (larger == NULL) break;
    buffer = larger;
    stream.next_out = buffer + count;
    stream.avail_out = (uInt)(capacity - count);
    result = inflate(&stream, Z_NO_FLUSH);
    count = capacity - stream.avail_out;
    // It had room left and wants more to read: the stream is cut short.
    if (result == Z_OK && stream.avail_out > 0) break;
  }
  inflateEnd(&stream);
  if (result != Z_STREAM_END) {
    free(buffer);
    return -1;
  }
  *bytes = buffer;
  return (int64_t)count;
}
