#if CLI
import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A TCP exchange over plain POSIX calls: no library of the server's or the client's lies between test and wire.
enum RawSocket {
    enum Failure: Error, Equatable {
        case refused
        case failed(step: String)
    }

    /// Sends the bytes and reads until the peer closes, or for ten seconds.
    static func exchange(port: Int, send bytes: [UInt8]) async throws -> [UInt8] {
        try await withCheckedThrowingContinuation { continuation in
            // A queue of its own gets a thread of its own. The global queue's threads are, on Linux, also the ones that
            // tasks run on: to block them is to block the server.
            DispatchQueue(label: "raw-socket").async {
                continuation.resume(with: Result { try blockingExchange(port: port, send: bytes) })
            }
        }
    }

    private static func blockingExchange(port: Int, send bytes: [UInt8]) throws -> [UInt8] {
        #if canImport(Darwin)
        let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        guard descriptor >= 0 else { throw Failure.failed(step: "socket") }
        defer { close(descriptor) }

        var timeout = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))

        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw errno == ECONNREFUSED ? Failure.refused : Failure.failed(step: "connect") }

        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            // A server may refuse a body before its end; what it answered is still to be read.
            guard count > 0 else { break }
            sent += count
        }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return received }
            received.append(contentsOf: buffer[..<count])
        }
    }
}
#endif
