/// What this program holds at this moment. Elsewhere than on Linux it is the peak.
enum ResidentMemory {
    #if canImport(Darwin)
    static func kilobytes() -> Int { PeakMemory.kilobytes() }
    static func privateKilobytes() -> Int { PeakMemory.kilobytes() }
    #else
    static func kilobytes() -> Int { ProcessFile.kilobytes("VmRSS:", in: "/proc/self/status") }

    /// The pages that no file stands behind: without the code, which the kernel can drop and shares among processes.
    static func privateKilobytes() -> Int { ProcessFile.kilobytes("Anonymous:", in: "/proc/self/smaps_rollup") }
    #endif
}
