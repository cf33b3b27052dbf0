#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

package func exitWithError(_ error: any Error) -> Never {
    let message = "bench-client: \(error)\n"
    // `stderr` is a mutable global and not available to Swift 6 code.
    _ = message.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    exit(error is Arguments.Problem ? 64 : 1)
}
