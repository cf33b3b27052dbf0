import TesseraCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

private let systemRead = read

/// A file with a secret, read at once and with a limit. The one file of the module that asks the C library for files.
struct SecretFile {
    /// What changes when the file's contents do.
    struct Identity: Hashable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var seconds: Int64
        var nanoseconds: Int64
    }

    var bytes: [UInt8]
    var identity: Identity
    var isReadableByOthers: Bool

    /// - Throws: With code `secretUnavailable`, for what is no ordinary file as well: a pipe could keep us waiting.
    static func read(_ path: String, limit: Int) throws(TesseraError) -> SecretFile {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw unavailable(path, String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw unavailable(path, "it is no ordinary file")
        }
        var bytes: [UInt8] = []
        while true {
            var failure: Int32 = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: 65_536) { memory, count in
                let got = systemRead(descriptor, memory.baseAddress, memory.count)
                count = max(0, got)
                failure = got < 0 ? errno : 0
            }
            if failure == EINTR { continue }
            guard failure == 0 else { throw unavailable(path, String(cString: strerror(failure))) }
            guard !chunk.isEmpty else { break }
            bytes += chunk
            guard bytes.count <= limit else { throw unavailable(path, "it is longer than \(limit) bytes") }
        }
        return SecretFile(
            bytes: bytes, identity: Identity(status), isReadableByOthers: status.st_mode & (S_IRGRP | S_IROTH) != 0)
    }

    /// What tells whether a file is still the one that was read; nil when there is none.
    static func identity(of path: String) -> Identity? {
        var status = stat()
        return stat(path, &status) == 0 ? Identity(status) : nil
    }

    private static func unavailable(_ path: String, _ reason: String) -> TesseraError {
        TesseraError(
            .secretUnavailable, "the file \(path) cannot be read: \(reason)",
            remedy: "check the path, and that this user may read it")
    }
}

extension SecretFile.Identity {
    fileprivate init(_ status: stat) {
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(truncatingIfNeeded: status.st_ino)
        size = Int64(truncatingIfNeeded: status.st_size)
        #if canImport(Darwin)
        (seconds, nanoseconds) = (Int64(status.st_mtimespec.tv_sec), Int64(status.st_mtimespec.tv_nsec))
        #else
        (seconds, nanoseconds) = (Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec))
        #endif
    }
}

enum ProcessEnvironment {
    /// Nil for what is not set and for what is not UTF-8.
    static func value(_ name: String) -> String? {
        getenv(name).flatMap { String(validatingCString: $0) }
    }
}
