#pragma once

// HDF5's constants are macros that Swift cannot see, and its errors are a stack that is printed unasked. These
// functions take plain numbers and strings, print nothing, and leave one line about what went wrong.
//
// None of them may run at the same time as another: the caller holds one lock. A function that returns a count or a
// kind returns a negative number on failure; the others return 0 when all went well.

#include <stddef.h>
#include <stdint.h>

/// How a file is opened.
enum {
  OPD_HDF5_READ = 0,
  OPD_HDF5_CREATE = 1,
};

/// What a dataset holds.
enum {
  OPD_HDF5_REAL = 0,
  OPD_HDF5_INTEGER = 1,
  OPD_HDF5_TEXT = 2,
  OPD_HDF5_OTHER = 3,
};

/// What the last failed call said, innermost reason first.
const char *opd_hdf5_message(void);

/// Visits everything in a file of so many bytes in a child process, which may die of it; 0 if it did not, else a negative number.
///
/// The library crashes on some damaged files: one changed byte is enough. The child reads every object, attribute and
/// index, and every dataset that is small or packed in an unusual way; ordinary errors are left to the caller to find.
int opd_hdf5_try(const char *path, uint64_t bytes);

/// A file's handle, or a negative number.
///
/// A file that is opened for reading is foreign: a child process has it open, answers for it, and dies of it in the place
/// of this one. Having been tried is not enough, for what corrupts the heap kills one process and not another.
int64_t opd_hdf5_open(const char *path, int mode);
int opd_hdf5_flush(int64_t file);
int opd_hdf5_close(int64_t file);

/// How many bytes the file has.
int64_t opd_hdf5_size(int64_t file);

/// 1 if an object has this path, 0 if not.
int opd_hdf5_exists(int64_t file, const char *path);

/// The names of a group's members, each ended by a zero byte; `*names` is to be freed. Returns how many.
int64_t opd_hdf5_members(int64_t file, const char *group, char **names);

/// The rank of a dataset, and its extents in `extents`; which of the kinds above it is.
int opd_hdf5_shape(int64_t file, const char *path, int64_t *extents, int capacity);
int opd_hdf5_kind(int64_t file, const char *path);

/// The number of a filter that packed a dataset and is not here to unpack it; 0 if there is none, negative on failure.
int opd_hdf5_missing_filter(int64_t file, const char *path);

/// Read a whole dataset of `count` numbers, converted from whatever it holds.
int opd_hdf5_read_float(int64_t file, const char *path, float *values, size_t count);
int opd_hdf5_read_double(int64_t file, const char *path, double *values, size_t count);
int opd_hdf5_read_int64(int64_t file, const char *path, int64_t *values, size_t count);

/// The strings of a dataset, each ended by a zero byte; `*texts` is to be freed. Returns how many.
int64_t opd_hdf5_read_texts(int64_t file, const char *path, char **texts);

/// Write a dataset, making the groups on the way to it.
int opd_hdf5_write_float(
    int64_t file, const char *path, int rank, const int64_t *extents, const float *values);
int opd_hdf5_write_double(
    int64_t file, const char *path, int rank, const int64_t *extents, const double *values);
int opd_hdf5_write_int64(
    int64_t file, const char *path, int rank, const int64_t *extents, const int64_t *values);

/// Write a UTF-8 attribute of variable length on an object.
int opd_hdf5_write_attribute(
    int64_t file, const char *object, const char *name, const char *text);

/// The strings of an attribute, of fixed or variable length, each ended by a zero byte; `*texts` is to be freed.
/// Returns how many.
int64_t opd_hdf5_read_attribute(
    int64_t file, const char *object, const char *name, char **texts);

/// The number of an attribute that is one number: 0 if it was read, 1 if it is text or something else.
int opd_hdf5_read_attribute_number(
    int64_t file, const char *object, const char *name, double *number);

/// 1 if an object has an attribute of this name, 0 if not.
int opd_hdf5_has_attribute(int64_t file, const char *object, const char *name);

/// The names of an object's attributes, each ended by a zero byte; `*names` is to be freed. Returns how many.
int64_t opd_hdf5_attributes(int64_t file, const char *object, char **names);
