#if OAuth
import TesseraCore

/// A lock of the kernel on a file of its own that is never renamed nor removed (threat C6): it ends with its holder,
/// and no child inherits it.
final class FileLock: Sendable {
    let file: OpenFile
    /// The directory that the file was found in; what the lock protects is reached through it.
    let opened: FilePlace.Opened
    private let name: String

    private init(file: OpenFile, opened: FilePlace.Opened, name: String) {
        self.file = file
        self.opened = opened
        self.name = name
    }

    deinit { FileCalls.unlock(file.number) }

    /// Takes a lock without waiting; nil when somebody else has it.
    static func attempt(_ name: String, at place: FilePlace) throws -> FileLock? {
        guard let opened = try place.open(creating: true) else { return nil }
        let (file, isNew) = try SafeOpening.existingOrNew(name, in: opened.directory)
        do throws(FileCalls.Failure) {
            guard try FileCalls.tryLock(file.number) else { return nil }
            let lock = FileLock(file: file, opened: opened, name: name)
            // Somebody may have removed it, in spite of what it is for: then others lock another file of this name.
            guard lock.isStillInPlace else { return nil }
            // Its block is on the disk before it is needed, so that a full disk cannot make marks go missing.
            if isNew { try FileCalls.write(VersionMark(0).encoded, to: file.number) }
            return lock
        } catch {
            throw StoreFailure.file(error, "the lock \(name) cannot be taken")
        }
    }

    /// Whether the locked file still has its name.
    var isStillInPlace: Bool {
        guard let mine = try? FileCalls.status(of: file.number),
            let named = try? FileCalls.status(of: name, in: opened.directory.number)
        else { return false }
        return mine.isSameFile(as: named)
    }
}
#endif
