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
    private static let quiet = "enable=no"

    /// No core file, and no crash report: it would show the memory behind the registers, which may be a token. (Without
    /// core dumps the reporter cannot read the process anyway, and would wait for it for ever.)
    ///
    /// Swift reads its backtrace settings before the program starts, so the program starts itself again with them.
    static func apply() {
        _ = tessera_forbid_core_dumps()
        #if os(Linux)
        let current = getenv(variable).flatMap { String(validatingCString: $0) } ?? ""
        guard current != quiet else { return }
        setenv(variable, quiet, 1)
        // Returns only when it fails; then the program goes on as it is.
        execv("/proc/self/exe", CommandLine.unsafeArgv)
        #endif
    }
}
#endif
