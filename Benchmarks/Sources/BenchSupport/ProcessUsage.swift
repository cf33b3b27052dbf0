#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// What the kernel has charged this process with so far, all threads together.
package struct ProcessUsage {
    package let cpuSeconds: Double
    /// Voluntary and not: hops between threads show here however noisy the machine is.
    package let contextSwitches: Int

    package static func now() -> ProcessUsage {
        var usage = rusage()
        #if canImport(Darwin)
        getrusage(RUSAGE_SELF, &usage)
        #else
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        #endif
        return ProcessUsage(
            cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
            contextSwitches: usage.ru_nvcsw + usage.ru_nivcsw
        )
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000
    }
}
