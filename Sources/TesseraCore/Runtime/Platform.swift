#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The few calls into the C library that the core needs; the only file of the module that imports it.
enum Platform {
    static func wallTime() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(
            nanoseconds: Duration.seconds(Int64(time.tv_sec)).clampedNanoseconds &+ Int64(time.tv_nsec))
    }

    /// Nanoseconds on the clock that goes on counting while the machine is suspended.
    static func monotonicNanoseconds() -> Int64 {
        var time = timespec()
        #if canImport(Darwin)
        clock_gettime(CLOCK_MONOTONIC_RAW, &time)
        #else
        clock_gettime(CLOCK_BOOTTIME, &time)
        #endif
        // A machine would have to run for 292 years to overflow this.
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }

    static func environment(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        return String(validatingCString: value)
    }

    /// Overwrites memory in a way the optimizer may not remove.
    static func wipe(_ memory: UnsafeMutableRawBufferPointer) {
        guard let base = memory.baseAddress else { return }
        #if canImport(Darwin)
        memset_s(base, memory.count, 0, memory.count)
        #else
        explicit_bzero(base, memory.count)
        #endif
    }

    /// The 16 bytes of an IPv6 address, or nil when the text is none.
    static func ipv6Bytes(_ text: String) -> [UInt8]? {
        var address = in6_addr()
        guard inet_pton(AF_INET6, text, &address) == 1 else { return nil }
        return withUnsafeBytes(of: &address) { Array($0) }
    }

    /// The canonical text of an IPv6 address (RFC 5952).
    static func ipv6Text(_ bytes: [UInt8]) -> String? {
        guard bytes.count == 16 else { return nil }
        var text = [CChar](repeating: 0, count: 46)
        let written = bytes.withUnsafeBytes { inet_ntop(AF_INET6, $0.baseAddress, &text, socklen_t(46)) != nil }
        guard written else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    struct FileFailure: Error {
        var code: Int32
        var text: String { String(cString: strerror(code)) }
        static let notOrdinary = FileFailure(code: EINVAL)
    }

    /// Calls `body` with the file's bytes in chunks, in order. The descriptor is closed in any case.
    static func readFile(
        _ path: String, chunk: Int = 65_536, _ body: (ArraySlice<UInt8>) async throws -> Void
    ) async throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(code: errno) }
        defer { close(descriptor) }
        while true {
            var failure: Int32 = 0
            let buffer = [UInt8](unsafeUninitializedCapacity: chunk) { memory, count in
                let got = read(descriptor, memory.baseAddress, memory.count)
                count = max(0, got)
                failure = got < 0 ? errno : 0
            }
            if failure == EINTR { continue }
            guard failure == 0 else { throw FileFailure(code: failure) }
            guard !buffer.isEmpty else { return }
            try await body(buffer[...])
        }
    }

    /// A file's bytes; nil when it cannot be read or is longer than `limit`.
    static func contents(of path: String, limit: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            let chunk = [UInt8](unsafeUninitializedCapacity: 65_536) { memory, count in
                repeat { count = read(descriptor, memory.baseAddress, memory.count) } while count < 0 && errno == EINTR
                count = max(0, count)
            }
            guard !chunk.isEmpty else { return bytes }
            bytes += chunk
        }
        return nil
    }

    /// The size of a regular file in bytes.
    static func fileSize(_ path: String) throws(FileFailure) -> Int {
        var status = stat()
        guard stat(path, &status) == 0 else { throw FileFailure(code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileFailure(code: EINVAL) }
        return Int(status.st_size)
    }
}

extension Platform {
    /// Whether a path names something that a new file must not take the place of: a device, a pipe, a link, a folder.
    static func isSpecialFile(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    }

    /// Opens what exists for writing, emptied.
    static func openForWriting(_ path: String) throws(FileFailure) -> Int32 {
        let descriptor = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(code: errno) }
        return descriptor
    }

    /// Makes a new file, readable by its owner only, with a name that begins with `path`.
    static func createTemporary(beside path: String) throws(FileFailure) -> (descriptor: Int32, path: String) {
        var template = Array("\(path).XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw FileFailure(code: errno) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return (descriptor, String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    /// Opens a file to go on writing at its end, locked, or makes it, readable by its owner only.
    static func openPart(_ path: String) throws(FileFailure) -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileFailure(code: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_nlink <= 1,
            status.st_uid == geteuid()
        else {
            close(descriptor)
            throw .notOrdinary
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            throw FileFailure(code: code)
        }
        return descriptor
    }

    static func size(of descriptor: Int32) -> Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    static func empty(_ descriptor: Int32) throws(FileFailure) {
        guard ftruncate(descriptor, 0) == 0 else { throw FileFailure(code: errno) }
    }

    static func writeAll(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) throws(FileFailure) {
        var rest = bytes
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno != EINTR {
                throw FileFailure(code: errno)
            }
        }
    }

    static func sync(_ descriptor: Int32) throws(FileFailure) {
        guard fsync(descriptor) == 0 else { throw FileFailure(code: errno) }
    }

    static func move(_ path: String, to target: String) throws(FileFailure) {
        guard rename(path, target) == 0 else { throw FileFailure(code: errno) }
    }

    static func remove(_ path: String) {
        unlink(path)
    }

    static func closeFile(_ descriptor: Int32) {
        close(descriptor)
    }
}
