#if OAuth
import CFileIdentity

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The few calls into the C library that stores need; the only file of the module that imports it.
///
/// Every descriptor is opened with O_CLOEXEC and O_NOFOLLOW (threats C5, C6): children inherit neither file nor lock.
enum FileCalls {
    /// A call that failed, and with what.
    struct Failure: Error, Hashable {
        var call: String
        var code: Int32

        var text: String { String(cString: strerror(code)) }
        var isMissing: Bool { code == ENOENT }
        var isLinkOrOtherKind: Bool { code == ELOOP || code == ENOTDIR || code == EMLINK }
        var exists: Bool { code == EEXIST }
        var isFull: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }
        var isReadOnly: Bool { code == EROFS }
        var isForbidden: Bool { code == EACCES || code == EPERM }
    }

    /// What is known of an open file or of a name.
    struct Status: Hashable {
        enum Kind { case file, directory, link, other }

        var kind: Kind
        var owner: UInt32
        var mode: UInt32
        var links: UInt64
        var size: Int64
        var device: UInt64
        var inode: UInt64

        init(_ raw: stat) {
            switch raw.st_mode & S_IFMT {
            case S_IFREG: kind = .file
            case S_IFDIR: kind = .directory
            case S_IFLNK: kind = .link
            default: kind = .other
            }
            owner = raw.st_uid
            mode = UInt32(raw.st_mode) & 0o7777
            links = UInt64(raw.st_nlink)
            size = Int64(raw.st_size)
            device = UInt64(truncatingIfNeeded: raw.st_dev)
            inode = UInt64(raw.st_ino)
        }

        /// Whether two names or descriptors mean the same file.
        func isSameFile(as other: Status) -> Bool { device == other.device && inode == other.inode }
    }

    static var user: UInt32 { geteuid() }
    static var process: Int32 { getpid() }

    /// Repeats a call that a signal interrupted.
    private static func check(_ name: String, _ call: () -> Int32) throws(Failure) -> Int32 {
        while true {
            let result = call()
            if result >= 0 { return result }
            let code = errno
            if code != EINTR { throw Failure(call: name, code: code) }
        }
    }

    static func openRoot() throws(Failure) -> Int32 {
        try check("open") { open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    }

    static func openDirectory(_ name: String, in directory: Int32) throws(Failure) -> Int32 {
        try check("openat") { openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
    }

    /// Opens what exists. O_NONBLOCK: a pipe put in the file's place must not hold the process.
    static func openExisting(_ name: String, in directory: Int32, writing: Bool = false) throws(Failure) -> Int32 {
        let access = writing ? O_RDWR : O_RDONLY
        return try check("openat") { openat(directory, name, access | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK) }
    }

    /// Makes a file that did not exist, for its owner only.
    static func create(_ name: String, in directory: Int32) throws(Failure) -> Int32 {
        try check("openat") { openat(directory, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600) }
    }

    static func makeDirectory(_ name: String, in directory: Int32) throws(Failure) {
        _ = try check("mkdirat") { mkdirat(directory, name, 0o700) }
    }

    static func status(of descriptor: Int32) throws(Failure) -> Status {
        var raw = stat()
        _ = try check("fstat") { fstat(descriptor, &raw) }
        return Status(raw)
    }

    static func status(of name: String, in directory: Int32) throws(Failure) -> Status {
        var raw = stat()
        _ = try check("fstatat") { fstatat(directory, name, &raw, AT_SYMLINK_NOFOLLOW) }
        return Status(raw)
    }

    static func linkTarget(_ name: String, in directory: Int32) throws(Failure) -> String {
        var buffer = [CChar](repeating: 0, count: 4097)
        let length = try check("readlinkat") { Int32(clamping: readlinkat(directory, name, &buffer, 4096)) }
        return String(decoding: buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func close(_ descriptor: Int32) {
        #if canImport(Darwin)
        _ = Darwin.close(descriptor)
        #elseif canImport(Musl)
        _ = Musl.close(descriptor)
        #else
        _ = Glibc.close(descriptor)
        #endif
    }

    /// Nanoseconds since 1970; 0 when the file system keeps none.
    static func birthTime(of descriptor: Int32) -> UInt64 { tessera_birth_time(descriptor) }
}

extension FileCalls {
    /// Reads from `offset` to the end, at most `limit` bytes; what is longer comes back longer than `limit`.
    static func read(_ descriptor: Int32, limit: Int, from offset: Int64 = 0) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            let wanted = min(65_536, limit + 1 - bytes.count)
            var failure: Int32 = 0
            let position = off_t(offset) + off_t(bytes.count)
            let chunk = [UInt8](unsafeUninitializedCapacity: wanted) { memory, count in
                let got = pread(descriptor, memory.baseAddress, wanted, position)
                count = max(0, got)
                failure = got < 0 ? errno : 0
            }
            if failure == EINTR { continue }
            guard failure == 0 else { throw Failure(call: "pread", code: failure) }
            guard !chunk.isEmpty else { return bytes }
            bytes += chunk
        }
        return bytes
    }

    /// Writes all bytes from the file's beginning.
    static func write(_ bytes: [UInt8], to descriptor: Int32) throws(Failure) {
        var done = 0
        while done < bytes.count {
            let written = bytes[done...].withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(done)) }
            if written > 0 {
                done += written
            } else if written == 0 {
                throw Failure(call: "pwrite", code: EIO)
            } else if errno != EINTR {
                throw Failure(call: "pwrite", code: errno)
            }
        }
    }

    static func setLength(_ length: Int, of descriptor: Int32) throws(Failure) {
        _ = try check("ftruncate") { ftruncate(descriptor, off_t(length)) }
    }

    /// Sets space aside beyond what is written. Not every file system can; a full one says so.
    static func allocate(_ count: Int, for descriptor: Int32) throws(Failure) {
        #if canImport(Darwin)
        var request = fstore_t()
        request.fst_flags = UInt32(F_ALLOCATEALL)
        request.fst_posmode = F_PEOFPOSMODE
        request.fst_length = off_t(count)
        guard fcntl(descriptor, F_PREALLOCATE, &request) == -1, errno == ENOSPC else { return }
        throw Failure(call: "fcntl(F_PREALLOCATE)", code: ENOSPC)
        #else
        while true {
            let code = posix_fallocate(descriptor, 0, off_t(count))
            if code == 0 || code == EOPNOTSUPP || code == EINVAL { return }
            if code != EINTR { throw Failure(call: "posix_fallocate", code: code) }
        }
        #endif
    }

    /// Returns when file or directory are on the disk and not only on their way there.
    static func sync(_ descriptor: Int32) throws(Failure) {
        #if canImport(Darwin)
        // fsync(2) of macOS leaves the data in the drive's cache.
        if fcntl(descriptor, F_FULLFSYNC) != -1 { return }
        #endif
        _ = try check("fsync") { fsync(descriptor) }
    }

    static func rename(_ name: String, to target: String, in directory: Int32) throws(Failure) {
        _ = try check("renameat") { renameat(directory, name, directory, target) }
    }

    static func remove(_ name: String, in directory: Int32) throws(Failure) {
        _ = try check("unlinkat") { unlinkat(directory, name, 0) }
    }

    /// Takes an exclusive lock without waiting; false when somebody else has it.
    static func tryLock(_ descriptor: Int32) throws(Failure) -> Bool {
        do throws(Failure) {
            _ = try check("flock") { flock(descriptor, LOCK_EX | LOCK_NB) }
            return true
        } catch {
            if error.code == EWOULDBLOCK { return false }
            throw error
        }
    }

    /// Gives a lock back, also for a child that was forked in between and holds a copy of the descriptor.
    static func unlock(_ descriptor: Int32) { _ = flock(descriptor, LOCK_UN) }

    /// The names in a directory, at most `limit`.
    static func names(in directory: Int32, limit: Int) throws(Failure) -> [String] {
        let copy = try check("openat") { openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard let stream = fdopendir(copy) else {
            let code = errno
            close(copy)
            throw Failure(call: "fdopendir", code: code)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while names.count < limit, let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}

extension FileCalls {
    static func environment(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        return String(validatingCString: value)
    }

    static func hostName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, 255) == 0 else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A small file of the system, such as those in /proc; nil when it cannot be read.
    static func systemFile(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // Files of /proc can be long, and are read as a stream.
        guard let bytes = try? read(descriptor, limit: 1_048_576) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    static func systemLink(_ path: String) -> String? { try? linkTarget(path, in: AT_FDCWD) }

    /// Whether a process with this number exists; nil when that cannot be known.
    static func exists(process: Int32) -> Bool? {
        guard process > 0 else { return false }
        if kill(process, 0) == 0 { return true }
        return errno == ESRCH ? false : (errno == EPERM ? true : nil)
    }

    #if canImport(Darwin)
    static func systemText(_ name: String) -> String? {
        var size = 0
        guard sysctlbyname(name, nil, &size, nil, 0) == 0, (1...4096).contains(size) else { return nil }
        var buffer = [CChar](repeating: 0, count: size)
        guard sysctlbyname(name, &buffer, &size, nil, 0) == 0 else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func hardwareID() -> String? {
        var bytes = [UInt8](repeating: 0, count: 16)
        var patience = timespec(tv_sec: 1, tv_nsec: 0)
        guard gethostuuid(&bytes, &patience) == 0 else { return nil }
        return bytes.map { String($0, radix: 16) }.joined(separator: "-")
    }

    static func startTime(process: Int32) -> UInt64? {
        var info = proc_bsdinfo()
        let size = Int32(MemoryLayout<proc_bsdinfo>.size)
        guard proc_pidinfo(process, PROC_PIDTBSDINFO, 0, &info, size) == size else { return nil }
        return info.pbi_start_tvsec &* 1_000_000 &+ info.pbi_start_tvusec
    }

    /// The name of the file system that a descriptor is on, and whether it is local.
    static func fileSystem(of descriptor: Int32) -> String? {
        var info = statfs()
        guard fstatfs(descriptor, &info) == 0 else { return nil }
        return withUnsafePointer(to: &info.f_fstypename) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 16) { String(cString: $0) }
        }
    }
    #endif
}
#endif
