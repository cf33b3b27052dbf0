#ifndef C_FILE_IDENTITY_H
#define C_FILE_IDENTITY_H

#include <stdint.h>

/// The birth time of an open file in nanoseconds since 1970; 0 when the file system keeps none.
/// Linux's statx is not in the C library module that Swift sees.
uint64_t tessera_birth_time(int descriptor);

#endif
