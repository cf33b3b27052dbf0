#if canImport(Darwin)
import Darwin
#else
import Glibc
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
    static func kilobytes() -> Int {
        let descriptor = open("/proc/self/status", O_RDONLY)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let length = read(descriptor, &bytes, bytes.count)
        guard length > 0 else { return 0 }

        let lines = bytes[..<length].split(separator: UInt8(ascii: "\n"))
        for line in lines where line.starts(with: "VmHWM:".utf8) {
            let digits = line.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            return Int(String(decoding: digits, as: UTF8.self)) ?? 0
        }
        return 0
    }
    #endif
}
