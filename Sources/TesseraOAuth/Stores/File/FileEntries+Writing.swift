#if OAuth
import TesseraCore

extension FileEntries {
    /// Writes the next version. The entry's lock is held.
    func write(
        _ bytes: [UInt8], for name: StorageName, replacing version: StoreVersion?, _ lock: FileLock, nonce: UInt64
    ) throws -> StoreVersion {
        let found = try find(name, in: lock.opened)
        if let failure = found?.verdict.failure { throw failure }
        guard found?.frame.version == version else { throw TokenStoreConflict() }
        let last = max(found?.frame.sequence ?? 0, try highest(name, lock))
        return try put(bytes, for: name, after: last, lock, nonce: nonce)
    }

    /// Removes what is there. The entry's lock is held.
    func remove(_ name: StorageName, replacing version: StoreVersion, _ lock: FileLock) throws {
        let found = try find(name, in: lock.opened)
        if let failure = found?.verdict.failure { throw failure }
        guard let found, found.frame.version == version else { throw TokenStoreConflict() }
        try discard(name, after: max(found.frame.sequence, try highest(name, lock)), lock)
    }

    /// Removes what is there, whatever it is. The entry's lock is held.
    func discard(_ name: StorageName, _ lock: FileLock) throws {
        let sequence = (try? find(name, in: lock.opened))??.frame.sequence ?? 0
        try discard(name, after: max(sequence, try highest(name, lock)), lock)
    }

    /// Writes the same bytes again as the newest version in this place. The entry's lock is held.
    func adopt(_ name: StorageName, _ lock: FileLock, nonce: UInt64) throws {
        guard let found = try find(name, in: lock.opened) else { return }
        switch found.verdict {
        case .current: return
        case .belongsElsewhere: throw StoreFailure.tampered("the entry was written under another name and put here")
        case .copied, .rolledBack:
            let last = max(found.frame.sequence, try highest(name, lock))
            _ = try put(found.frame.bytes, for: name, after: last, lock, nonce: nonce)
        }
    }

    /// Sets space aside for the version after the next. The entry's lock is held.
    ///
    /// The space is a file of its own, which begins with the number of the version that is there now: the next version
    /// must leave it alone.
    func reserve(_ count: Int, for name: StorageName, _ lock: FileLock) throws {
        let sequence = max(try find(name, in: lock.opened)?.frame.sequence ?? 0, try highest(name, lock))
        let space = FileEntries.spaceName(name)
        do {
            try hook(.create)
            let file = try SafeOpening.existingOrNew(space, in: lock.opened.directory).file
            try hook(.allocate)
            try FileCalls.allocate(EntryFrame.longestFile(min(count, longest)), for: file.number)
            try FileCalls.write(VersionMark(sequence).encoded, to: file.number)
        } catch let failure as FileCalls.Failure {
            try? FileCalls.remove(space, in: lock.opened.directory.number)
            throw StoreFailure.file(failure, "no space could be set aside")
        }
    }

    /// The file that the version after `last` is written into: the space that was set aside for it, or a new one.
    private func target(
        of name: StorageName, after last: UInt64, in opened: FilePlace.Opened
    ) throws -> (file: OpenFile, name: String) {
        let space = FileEntries.spaceName(name)
        if let file = try SafeOpening.existing(space, in: opened.directory, writing: true) {
            // Without a mark it was written into before, in vain.
            let mark = VersionMark(try FileCalls.read(file.number, limit: VersionMark.length))
            if mark.map({ $0.number < last }) ?? true { return (file, space) }
        }
        let next = FileEntries.nextName(name)
        return (try SafeOpening.existingOrNew(next, in: opened.directory).file, next)
    }

    private func put(
        _ bytes: [UInt8], for name: StorageName, after last: UInt64, _ lock: FileLock, nonce: UInt64
    ) throws -> StoreVersion {
        guard bytes.count <= longest else {
            throw StoreFailure.failed("the entry is longer than \(longest) bytes")
        }
        let opened = lock.opened
        do {
            try hook(.create)
            let (file, target) = try target(of: name, after: last, in: opened)
            let frame = EntryFrame(
                name: name, sequence: last &+ 1, nonce: nonce, machine: place.machine, directory: opened.id,
                file: try FilePlace.id(of: file.number), bytes: bytes)
            let content = frame.encoded()
            try hook(.write)
            try FileCalls.write(content, to: file.number)
            try FileCalls.setLength(content.count, of: file.number)
            try hook(.syncFile)
            try FileCalls.sync(file.number)
            try hook(.rename)
            try FileCalls.rename(target, to: FileEntries.entryName(name), in: opened.directory.number)
            try hook(.syncDirectory)
            try FileCalls.sync(opened.directory.number)
            try raise(name, to: frame.sequence, lock)
            return frame.version
        } catch let failure as FileCalls.Failure {
            // Space that was set aside stays so for the next attempt.
            try? FileCalls.remove(FileEntries.nextName(name), in: opened.directory.number)
            throw StoreFailure.file(failure, "the entry cannot be written")
        }
    }

    private func discard(_ name: StorageName, after last: UInt64, _ lock: FileLock) throws {
        let directory = lock.opened.directory.number
        do throws(FileCalls.Failure) {
            try hook(.remove)
            for file in [
                FileEntries.entryName(name), FileEntries.nextName(name), FileEntries.spaceName(name),
            ] {
                do throws(FileCalls.Failure) {
                    try FileCalls.remove(file, in: directory)
                } catch  where error.isMissing {
                    // Nothing to remove.
                }
            }
            try hook(.syncDirectory)
            try FileCalls.sync(directory)
            try raise(name, to: last &+ 1, lock)
        } catch {
            throw StoreFailure.file(error, "the entry cannot be removed")
        }
    }

    /// Raises the marks. What they speak of is on the disk already; a mark that is lost is only a rollback unnoticed.
    private func raise(_ name: StorageName, to number: UInt64, _ lock: FileLock) throws(FileCalls.Failure) {
        try hook(.mark)
        let mark = VersionMark(number).encoded
        try FileCalls.write(mark, to: lock.file.number)
        guard let directory = place.openWitness(),
            let file = try? SafeOpening.existingOrNew(place.witnessName(name), in: directory).file
        else { return }
        try? FileCalls.write(mark, to: file.number)
    }
}
#endif
