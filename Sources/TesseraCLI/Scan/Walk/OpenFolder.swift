#if CLI
#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

private let systemRead = read

/// A folder of a tree that may change or be hostile, held open: everything in it is reached by its name from here, and
/// nothing through a link, so that no change of the tree leads anywhere else (threat C5).
final class OpenFolder {
    enum Kind: Equatable {
        case folder
        case file(size: Int)
        case link
        /// A pipe, a socket, a device.
        case special
    }

    struct Failure: Error {
        var code: Int32
        var text: String { String(cString: strerror(code)) }
        /// Whether what was listed is gone by now.
        var isAbsence: Bool { code == ENOENT }
        /// Whether another kind of thing has taken the place of what was listed.
        var isOtherKind: Bool { code == ELOOP || code == ENOTDIR || code == ENXIO }
    }

    private let descriptor: Int32

    private init(_ descriptor: Int32) throws(Failure) {
        guard descriptor >= 0 else { throw Failure(code: errno) }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    private static let folderFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK
    private static let fileFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY

    /// Opens what a person has named, through links as well.
    convenience init(named path: String) throws(Failure) {
        try self.init(open(path, OpenFolder.folderFlags))
    }

    func folder(_ name: [UInt8]) throws(Failure) -> OpenFolder {
        try OpenFolder(openat(descriptor, OpenFolder.terminated(name), OpenFolder.folderFlags | O_NOFOLLOW))
    }

    /// What a name stands for now; nil when it is gone or cannot be asked.
    func kind(of name: [UInt8]) -> Kind? {
        var status = stat()
        guard fstatat(descriptor, OpenFolder.terminated(name), &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        return Kind(status)
    }

    /// The kind of what a person has named, seen through links.
    static func kind(named path: String) throws(Failure) -> Kind {
        var status = stat()
        guard stat(path, &status) == 0 else { throw Failure(code: errno) }
        return Kind(status)
    }

    /// Whether this user is the folder's owner.
    var isOwn: Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_uid == geteuid()
    }

    /// A file's bytes; nil when there are more than `limit`.
    func contents(of name: [UInt8], limit: Int) throws(Failure) -> [UInt8]? {
        try OpenFolder.contents(
            openat(descriptor, OpenFolder.terminated(name), OpenFolder.fileFlags | O_NOFOLLOW), limit: limit)
    }

    /// The bytes of a file that a person has named.
    static func contents(named path: String, limit: Int) throws(Failure) -> [UInt8]? {
        try contents(open(path, OpenFolder.fileFlags), limit: limit)
    }

    private static func contents(_ descriptor: Int32, limit: Int) throws(Failure) -> [UInt8]? {
        guard descriptor >= 0 else { throw Failure(code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Failure(code: errno) }
        guard case .file(let size) = Kind(status) else { throw Failure(code: ENXIO) }
        guard size <= limit else { return nil }
        var bytes: [UInt8] = []
        // The file may grow meanwhile, and files of /proc do not know their size.
        var capacity = size + 1
        while bytes.count <= limit {
            var failure: Int32 = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: max(capacity, 4096)) { memory, count in
                let got = systemRead(descriptor, memory.baseAddress, memory.count)
                count = max(0, got)
                failure = got < 0 ? errno : 0
            }
            if failure == EINTR { continue }
            guard failure == 0 else { throw Failure(code: failure) }
            guard !chunk.isEmpty else { return bytes }
            if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
            capacity = 65_536
        }
        return nil
    }

    /// The names in the folder but `.` and `..`, in the order of their bytes, and whether those are all.
    func names(limit: Int) throws(Failure) -> (names: [[UInt8]], areAll: Bool) {
        let copy = openat(descriptor, ".", OpenFolder.folderFlags)
        guard copy >= 0 else { throw Failure(code: errno) }
        guard let stream = fdopendir(copy) else {
            let code = errno
            close(copy)
            throw Failure(code: code)
        }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        var areAll = true
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            guard name != [0x2E], name != [0x2E, 0x2E] else { continue }
            guard names.count < limit else {
                areAll = false
                break
            }
            names.append(name)
        }
        names.sort { $0.lexicographicallyPrecedes($1) }
        return (names, areAll)
    }

    private static func terminated(_ name: [UInt8]) -> [CChar] {
        name.map { CChar(bitPattern: $0) } + [0]
    }
}

extension OpenFolder.Kind {
    fileprivate init(_ status: stat) {
        switch status.st_mode & S_IFMT {
        case S_IFDIR: self = .folder
        case S_IFREG: self = .file(size: Int(clamping: status.st_size))
        case S_IFLNK: self = .link
        default: self = .special
        }
    }
}

/// The path of a folder without links, by which its repository is looked for.
enum ResolvedPath {
    static func of(_ path: String) -> [UInt8]? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return Array(String(cString: resolved).utf8)
    }
}
#endif
