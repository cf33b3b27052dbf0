#include "CFileIdentity.h"

#if defined(__linux__)
#include <fcntl.h>
#include <linux/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif

uint64_t tessera_birth_time(int descriptor) {
    struct statx status = {0};
    if (syscall(SYS_statx, descriptor, "", AT_EMPTY_PATH, STATX_BTIME, &status) != 0) return 0;
    if (!(status.stx_mask & STATX_BTIME) || status.stx_btime.tv_sec < 0) return 0;
    return (uint64_t)status.stx_btime.tv_sec * 1000000000u + status.stx_btime.tv_nsec;
}
#elif defined(__APPLE__)
#include <sys/stat.h>

uint64_t tessera_birth_time(int descriptor) {
    struct stat status;
    if (fstat(descriptor, &status) != 0 || status.st_birthtimespec.tv_sec < 0) return 0;
    return (uint64_t)status.st_birthtimespec.tv_sec * 1000000000u + (uint64_t)status.st_birthtimespec.tv_nsec;
}
#else
uint64_t tessera_birth_time(int descriptor) {
    (void)descriptor;
    return 0;
}
#endif
