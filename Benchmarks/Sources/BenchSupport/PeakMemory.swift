#if canImport(Darwin)
import Darwin
#endif

/// The largest resident set this program has had.
enum PeakMemory {
    #if canImport(Darwin)
    static func kilobytes() -> Int {
        var usage = rusage()
        getrusage(RUSAGE_SELF, &usage)
        return usage.ru_maxrss / 1024
    }
    #else
    /// Linux keeps `ru_maxrss` across `exec`, so that a small program would be
    /// charged with its parent; `VmHWM` starts anew.
    static func kilobytes() -> Int { ProcessFile.kilobytes("VmHWM:", in: "/proc/self/status") }
    #endif
}
