#if NIO
#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif
import NIOCore

/// An address that takes no further connection and refuses none: a listener whose queue is full.
///
/// It stands for a machine that is down, without a packet leaving this one.
enum SilentAddress {
    struct Failed: Error {}

    static func withRunning<Result>(
        _ address: String, port: UInt16, _ body: () async throws -> Result
    ) async throws -> Result {
        let listener = try open()
        var sockets = [listener]
        defer { for socket in sockets { close(socket) } }
        try SocketAddress(ipAddress: address, port: Int(port)).withSockAddr { pointer, size in
            guard bind(listener, pointer, socklen_t(size)) == 0, listen(listener, 0) == 0 else { throw Failed() }
            for _ in 0..<8 {
                let filler = try open()
                sockets.append(filler)
                _ = fcntl(filler, F_SETFL, O_NONBLOCK)
                _ = connect(filler, pointer, socklen_t(size))
            }
        }
        return try await body()
    }

    private static func open() throws -> Int32 {
        #if canImport(Glibc) || canImport(Musl)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw Failed() }
        return descriptor
    }
}

/// An address of this machine that is not its loopback.
enum OtherAddress {
    static func ofThisMachine() -> String? {
        try? System.enumerateDevices().lazy.compactMap(\.address?.ipAddress)
            .first { $0.contains(".") && !$0.hasPrefix("127.") && !$0.hasPrefix("169.254.") }
    }
}
#endif
