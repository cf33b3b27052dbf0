import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// One TCP socket over POSIX calls, used by the thread that owns it and shut down by whoever ends the server.
///
/// The descriptor sits behind a lock so that nobody shuts down a number that the system has given to another file
/// meanwhile: it is closed, and forgotten, under the same lock.
final class RawSocket: Sendable {
    enum Failure: Error, Equatable {
        case failed(step: String, code: Int32)
        case timedOut
        case closed
    }

    private let descriptor: Mutex<Int32?>

    private init(descriptor: Int32) {
        self.descriptor = Mutex(descriptor)
        #if canImport(Darwin)
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    deinit { close() }

    /// A socket on a loopback port of the system's choice. One that does not listen keeps others from listening there.
    static func bound(listens: Bool, backlog: Int32 = 512) throws -> (socket: RawSocket, port: UInt16) {
        let descriptor = try opened()
        let listener = RawSocket(descriptor: descriptor)
        var address = loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && (!listens || listen(descriptor, backlog) == 0)
                    && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard isBound else { throw Failure.failed(step: "bind", code: errno) }
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    /// A socket that has begun to connect to a loopback port.
    static func connecting(port: UInt16) throws -> RawSocket {
        let descriptor = try opened()
        let client = RawSocket(descriptor: descriptor)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        var address = loopback(port: port)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 || errno == EINPROGRESS else { throw Failure.failed(step: "connect", code: errno) }
        return client
    }

    /// Whether a connection that has begun is there after `patience`.
    func isConnected(within patience: Duration) throws -> Bool {
        guard let descriptor = current else { return false }
        return try isReady(descriptor, Int16(POLLOUT), within: patience)
    }

    private static func opened() throws -> Int32 {
        #if canImport(Darwin)
        let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #elseif canImport(Musl)
        let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        guard descriptor >= 0 else { throw Failure.failed(step: "socket", code: errno) }
        return descriptor
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return address
    }

    /// Waits for a connection; nil when `patience` ran out or there are too many open files.
    func accept(patience: Duration) throws -> RawSocket? {
        guard let listener = current, try isReady(listener, Int16(POLLIN), within: patience) else { return nil }
        #if canImport(Glibc)
        let accepted = Glibc.accept(listener, nil, nil)
        #elseif canImport(Musl)
        let accepted = Musl.accept(listener, nil, nil)
        #else
        let accepted = Darwin.accept(listener, nil, nil)
        #endif
        guard accepted < 0 else { return RawSocket(descriptor: accepted) }
        guard [EINTR, EAGAIN, ECONNABORTED, EMFILE, ENFILE].contains(errno), current != nil else {
            throw Failure.closed
        }
        // Whoever holds the files may let go of them; the peer waits in the listener's queue.
        usleep(5_000)
        return nil
    }

    /// Reads what is there, at most `limit` bytes; empty at the end of the stream.
    func read(upTo limit: Int, patience: Duration) throws -> [UInt8] {
        guard let descriptor = current else { throw Failure.closed }
        guard try isReady(descriptor, Int16(POLLIN), within: patience) else { throw Failure.timedOut }
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            let received = recv(descriptor, buffer.baseAddress, limit, 0)
            if received < 0 { failure = errno }
            count = max(0, received)
        }
        guard failure == 0 else { throw Failure.failed(step: "read", code: failure) }
        return bytes
    }

    /// Writes all of it, waiting while the peer does not read.
    func write(_ bytes: [UInt8], patience: Duration, counted: (Int) -> Void) throws {
        #if canImport(Darwin)
        let flags = Int32(MSG_DONTWAIT)
        #else
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        #endif
        let end = ContinuousClock.now.advanced(by: patience)
        var sent = 0
        while sent < bytes.count {
            guard let descriptor = current else { throw Failure.closed }
            let left = ContinuousClock.now.duration(to: end)
            guard left > .zero, try isReady(descriptor, Int16(POLLOUT), within: left) else { throw Failure.timedOut }
            let count = bytes[sent...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, flags) }
            if count < 0 {
                guard errno == EAGAIN || errno == EINTR else {
                    throw Failure.failed(step: "write", code: errno)
                }
                continue
            }
            sent += count
            counted(count)
        }
    }

    /// Ends both directions without giving the descriptor back: a thread that waits for it wakes up.
    func shutdownBoth() {
        descriptor.withLock { descriptor in
            if let descriptor { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// Says that no more bytes follow.
    func shutdownWriting() {
        descriptor.withLock { descriptor in
            if let descriptor { _ = shutdown(descriptor, Int32(SHUT_WR)) }
        }
    }

    /// Closes; with `reset` the peer gets a RST instead of the end of the stream.
    func close(reset: Bool = false) {
        descriptor.withLock { descriptor in
            guard let open = descriptor else { return }
            descriptor = nil
            if reset {
                var option = linger(l_onoff: 1, l_linger: 0)
                setsockopt(open, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
            }
            #if canImport(Glibc)
            _ = Glibc.close(open)
            #elseif canImport(Musl)
            _ = Musl.close(open)
            #else
            _ = Darwin.close(open)
            #endif
        }
    }

    private var current: Int32? { descriptor.withLock { $0 } }

    private func isReady(_ descriptor: Int32, _ events: Int16, within patience: Duration) throws -> Bool {
        let end = ContinuousClock.now.advanced(by: patience)
        while true {
            let left = max(.zero, ContinuousClock.now.duration(to: end))
            let (seconds, attoseconds) = left.components
            let milliseconds = min(seconds, 60) * 1000 + attoseconds / 1_000_000_000_000_000
            var entry = pollfd(fd: descriptor, events: events, revents: 0)
            let count = poll(&entry, 1, Int32(milliseconds) + 1)
            if count > 0 { return true }
            if count == 0 { return false }
            guard errno == EINTR else { throw Failure.failed(step: "poll", code: errno) }
        }
    }
}
