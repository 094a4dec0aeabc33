#pragma once

// What the sources of this folder share and Swift does not see.

#include "include/opd_hdf5.h"

/// Before every call of the library: prints nothing, forgets the last error.
void opd_hdf5_begin(void);

/// Keeps why the last call of the library failed; both return -1.
int opd_hdf5_failed(void);
int opd_hdf5_failed_because(const char *reason);

/// What can be asked of a file that is open for reading.
enum opd_hdf5_topic {
  OPD_SIZE,
  OPD_EXISTS,
  OPD_MEMBERS,
  OPD_SHAPE,
  OPD_KIND,
  OPD_MISSING_FILTER,
  OPD_FLOATS,
  OPD_DOUBLES,
  OPD_INT64S,
  OPD_TEXTS,
  OPD_ATTRIBUTE,
  OPD_ATTRIBUTE_NUMBER,
  OPD_HAS_ATTRIBUTE,
  OPD_ATTRIBUTES,
};

/// A question about an object, or about an attribute of it.
struct opd_hdf5_question {
  enum opd_hdf5_topic topic;
  const char *object, *attribute;
};

/// Bytes that answer a question: numbers in a place of fixed size, or names, each ended by a zero byte, in memory that grows.
struct opd_hdf5_bytes {
  char *start;
  size_t used, capacity;
};

/// Answers from a file that this process has open; the result is what the function of the interface returns.
int64_t opd_hdf5_answer(int64_t file, struct opd_hdf5_question question, struct opd_hdf5_bytes *bytes);

/// Whether what answers the topic are names, of which nobody knows before how long they are.
int opd_hdf5_is_named(enum opd_hdf5_topic topic);

/// A handle of a process that has the file open and dies of it in the place of this one, or a negative number.
int64_t opd_hdf5_open_reader(const char *path);
int opd_hdf5_is_reader(int64_t file);
int64_t opd_hdf5_ask_reader(int64_t file, struct opd_hdf5_question question, struct opd_hdf5_bytes *bytes);
int opd_hdf5_close_reader(int64_t file);

/// In a child: signals, limits and open files of a process that reads the file at a path and may die of it.
void opd_hdf5_become_expendable(const char *path, int kept_file);

/// In a child: ends it if what follows does not end, given how many bytes there are to read; 0 takes the limit away.
void opd_hdf5_limit(uint64_t bytes);

/// Why a child ended, as a sentence in the place of the last error; 0 if it was not killed.
int opd_hdf5_await(int child);
