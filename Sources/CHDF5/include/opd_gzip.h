#pragma once

#include <stddef.h>
#include <stdint.h>

/// Everything a file holds, unpacked if it is packed with gzip.
///
/// Returns how many bytes `*bytes` has, which is to be freed; -1 if the file cannot be opened, -2 if it is damaged or
/// cut short, -3 if it unpacks to 2 GiB or more.
int64_t opd_gzip_read(const char *path, uint8_t **bytes);

/// The CRC-32 (ISO 3309) of everything a file holds as it is, and its length in `*size`.
///
/// Returns -1 if the file cannot be read.
int64_t opd_file_crc32(const char *path, int64_t *size);

/// Unpacks a zlib stream into exactly `count` bytes, which the caller has.
///
/// Returns -1 if the stream is damaged, cut short, or holds another number of bytes.
int opd_inflate(const uint8_t *packed, size_t packed_count, uint8_t *bytes, size_t count);

/// Unpacks a gzip stream of unknown length, at most `most` bytes, which is at most 4 GiB.
///
/// Returns how many bytes `*bytes` has, which is to be freed; -1 if the stream is damaged, cut short, or unpacks to more.
int64_t opd_gunzip(const uint8_t *packed, size_t packed_count, size_t most, uint8_t **bytes);
