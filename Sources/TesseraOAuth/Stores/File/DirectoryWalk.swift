#if OAuth
import TesseraCore

/// Opens a directory by its path, one component at a time, and refuses what somebody else could exchange (threat C5).
///
/// Each directory on the way belongs to root or to this user and is not writable by others, unless it has the sticky
/// bit, as /tmp has. Links of root and of this user are followed on the way; the directory itself is none, belongs to
/// this user, and is open to nobody else.
struct DirectoryWalk {
    private static let mostComponents = 128
    private static let mostLinks = 16

    private let path: String
    private let creates: Bool
    private var trail: [OpenFile] = []
    private var rest: [Substring]
    private var links = 0

    /// - Returns: nil when there is no such directory and none is to be made.
    static func open(_ path: String, creating: Bool) throws -> OpenFile? {
        var walk = try DirectoryWalk(path, creating: creating)
        return try walk.run()
    }

    private init(_ path: String, creating: Bool) throws {
        let parts = path.split(separator: "/").filter { $0 != "." }
        guard path.hasPrefix("/"), !parts.isEmpty, !parts.contains(".."), !path.utf8.contains(0),
            path.utf8.count <= 4000, parts.count <= DirectoryWalk.mostComponents
        else {
            throw TesseraError(
                .misconfigured, "the store's directory is not an absolute path without \"..\"",
                remedy: "give a path that begins with a slash")
        }
        self.path = path
        self.creates = creating
        rest = parts
    }

    private mutating func run() throws -> OpenFile? {
        do {
            let root = OpenFile(try FileCalls.openRoot())
            trail = [root]
            var current = root
            while !rest.isEmpty {
                guard let next = try step(from: current) else { return nil }
                current = next
            }
            try requireOwn(current)
            return current
        } catch let failure as FileCalls.Failure {
            throw StoreFailure.file(failure, "the store's directory \(path) cannot be opened")
        }
    }

    /// The directory after the next component; the same after a link, whose target then lies ahead.
    private mutating func step(from current: OpenFile) throws -> OpenFile? {
        let name = String(rest.removeFirst())
        if name == ".." {
            if trail.count > 1 { trail.removeLast() }
            return trail.last
        }
        guard let status = try found(name, in: current) else { return nil }
        switch status.kind {
        case .directory:
            let next = OpenFile(try FileCalls.openDirectory(name, in: current.number))
            if !rest.isEmpty { try requireSafe(next) }
            trail.append(next)
            return next
        case .link:
            return try follow(name, status, from: current)
        case .file, .other:
            throw StoreFailure.insecure("\(path) is no directory", remedy: "choose another directory for the store")
        }
    }

    private func found(_ name: String, in directory: OpenFile) throws -> FileCalls.Status? {
        do throws(FileCalls.Failure) {
            return try FileCalls.status(of: name, in: directory.number)
        } catch  where error.isMissing {
            guard creates else { return nil }
            do throws(FileCalls.Failure) {
                try FileCalls.makeDirectory(name, in: directory.number)
                try FileCalls.sync(directory.number)
            } catch  where error.exists {
                // Another process made it at the same time.
            }
            return try FileCalls.status(of: name, in: directory.number)
        }
    }

    private mutating func follow(
        _ name: String, _ status: FileCalls.Status, from current: OpenFile
    ) throws -> OpenFile? {
        links += 1
        guard !rest.isEmpty, status.owner == 0 || status.owner == FileCalls.user, links <= DirectoryWalk.mostLinks
        else {
            throw StoreFailure.insecure(
                "\(path) is or leads through a symbolic link that is not followed",
                remedy: "give the directory's real path")
        }
        let target = try FileCalls.linkTarget(name, in: current.number)
        let parts = target.split(separator: "/").filter { $0 != "." }
        guard !target.isEmpty, parts.count + rest.count <= DirectoryWalk.mostComponents else {
            throw StoreFailure.insecure("\(path) leads through too long a link", remedy: "give the real path")
        }
        rest = parts + rest
        guard target.hasPrefix("/") else { return current }
        trail = Array(trail.prefix(1))
        return trail.first
    }

    /// Nobody but root and this user may exchange what is in a directory on the way.
    private func requireSafe(_ directory: OpenFile) throws {
        let status = try FileCalls.status(of: directory.number)
        let isSticky = status.mode & 0o1000 != 0
        guard status.owner == 0 || status.owner == FileCalls.user else {
            throw StoreFailure.insecure(
                "a directory above \(path) belongs to another user (\(status.owner))",
                remedy: "under sudo, HOME may still be the other user's: set XDG_STATE_HOME, or give a directory")
        }
        guard status.mode & 0o022 == 0 || isSticky else {
            throw StoreFailure.insecure(
                "a directory above \(path) can be written by other users (mode \(String(status.mode, radix: 8)))",
                remedy: "chmod go-w it, or give another directory")
        }
    }

    private func requireOwn(_ directory: OpenFile) throws {
        let status = try FileCalls.status(of: directory.number)
        guard status.owner == FileCalls.user else {
            throw StoreFailure.insecure(
                "\(path) belongs to another user (\(status.owner))", remedy: "give a directory of this user")
        }
        guard status.mode & 0o077 == 0 else {
            throw StoreFailure.insecure(
                "\(path) is open to other users (mode \(String(status.mode, radix: 8)))", remedy: "chmod 700 \(path)")
        }
    }
}
#endif
