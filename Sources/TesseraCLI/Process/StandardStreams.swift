#if CLI
#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

enum StandardStreams {
    /// Puts `/dev/null` where the caller closed a standard stream: the next socket or file would get its number, and what
    /// is printed would go there.
    static func open() {
        for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) == -1 {
            // The lowest free number is this one, as those below are open by now.
            #if canImport(Darwin)
            _ = Darwin.open("/dev/null", O_RDWR)
            #elseif canImport(Musl)
            _ = Musl.open("/dev/null", O_RDWR)
            #else
            _ = Glibc.open("/dev/null", O_RDWR)
            #endif
        }
    }
}
#endif
