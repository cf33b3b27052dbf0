#ifndef C_PROCESS_HARDENING_H
#define C_PROCESS_HARDENING_H

/// Forbids core dumps of this process, and on Linux also that other processes of the same user attach to it.
/// `prctl` is variadic, which Swift cannot call. Returns 0, or the number of the first error.
int tessera_forbid_core_dumps(void);

#endif
