#if NIO
import Foundation

/// The memory of this process.
enum ProcessMemory {
    /// Resident bytes; 0 where the system has no /proc, so that bounds on growth hold trivially there.
    static func resident() -> Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        let fields = text.split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4096 : 0
    }

    /// Open descriptors; 0 where the system has no /proc.
    static func descriptors() -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    }
}
#endif
