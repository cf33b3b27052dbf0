#if CLI
import CProcessHardening

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Keeps secrets in memory from reaching disk or terminal when the process crashes (threats C7 and D3).
enum ProcessHardening {
    private static let variable = "SWIFT_BACKTRACE"
    private static let quiet = "registers=none"

    /// No core file; and a crash report without the memory behind the registers, which may be a token.
    ///
    /// Swift reads its backtrace settings before the program starts, so the program starts itself again with them.
    static func apply() {
        _ = tessera_forbid_core_dumps()
        #if os(Linux)
        let current = getenv(variable).flatMap { String(validatingCString: $0) } ?? ""
        guard !current.contains(quiet) else { return }
        setenv(variable, current.isEmpty ? quiet : "\(current),\(quiet)", 1)
        // Returns only when it fails; then the program goes on with backtraces switched off as far as it can.
        execv("/proc/self/exe", CommandLine.unsafeArgv)
        #endif
    }
}
#endif
