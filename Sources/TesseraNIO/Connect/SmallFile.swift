#if NIO
#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A file that is read whole: certificates and keys.
struct SmallFile {
    /// What changes when a file is written or replaced.
    struct Stamp: Hashable, Sendable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var seconds: Int64
        var nanoseconds: Int64

        /// The stamp of the file at `path`, nil if there is none.
        init?(path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            self.init(status)
        }

        fileprivate init(_ status: stat) {
            device = UInt64(truncatingIfNeeded: status.st_dev)
            inode = UInt64(truncatingIfNeeded: status.st_ino)
            size = Int64(truncatingIfNeeded: status.st_size)
            #if canImport(Darwin)
            let changed = status.st_mtimespec
            #else
            let changed = status.st_mtim
            #endif
            seconds = Int64(truncatingIfNeeded: changed.tv_sec)
            nanoseconds = Int64(truncatingIfNeeded: changed.tv_nsec)
        }
    }

    /// Why a file cannot be used, in words that end "the file … ".
    struct Unreadable: Error {
        var reason: String
    }

    /// More is no certificate and no key.
    static let largest = 4_194_304

    var bytes: [UInt8]
    var stamp: Stamp

    /// Reads a regular file. A pipe or device must not block whoever makes a transport, hence `O_NONBLOCK`.
    init(path: String) throws(Unreadable) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Unreadable(reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Unreadable(reason: "it is no regular file")
        }
        stamp = Stamp(status)
        bytes = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Unreadable(reason: String(cString: strerror(errno))) }
            guard count > 0 else { break }
            bytes.append(contentsOf: buffer.prefix(count))
            guard bytes.count <= SmallFile.largest else { throw Unreadable(reason: "it is larger than 4 MiB") }
        }
        guard !bytes.isEmpty else { throw Unreadable(reason: "it is empty") }
    }
}
#endif
