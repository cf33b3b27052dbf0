#if OAuth
import TesseraCore

/// The entries of a file store: blocking calls only, no waiting. Writers hold the entry's ``FileLock``.
///
/// A write goes into a new file beside the old one, which takes its place when everything is on the disk: the order is
/// write, fsync, rename, fsync of the directory, and only then is success reported (rotation.md I4c).
struct FileEntries: Sendable {
    let place: FilePlace
    let hook: FileStepHook
    /// The longest entry.
    let longest: Int

    static func entryName(_ name: StorageName) -> String { "\(name.text).login" }
    static func lockName(_ name: StorageName) -> String { "\(name.text).lock" }
    static func leaseName(_ name: StorageName) -> String { "\(name.text).lease" }
    /// The file that the next version is written into.
    static func nextName(_ name: StorageName) -> String { "\(name.text).next" }
    /// The file that keeps space for the version after the next.
    static func spaceName(_ name: StorageName) -> String { "\(name.text).space" }

    /// The entry; nil when there is none.
    func read(_ name: StorageName) throws -> EntryFrame? {
        guard let opened = try place.open(creating: false) else { return nil }
        let found = try find(name, in: opened)
        if let failure = found?.verdict.failure { throw failure }
        return found?.frame
    }

    /// The entry and whether it is the one that was written last.
    func find(_ name: StorageName, in opened: FilePlace.Opened) throws -> (frame: EntryFrame, verdict: EntryVerdict)? {
        // The marks are read first: a writer raises them after the entry, so what is read later is at least as new.
        let mark = try mark(of: name, in: opened)
        let witness = witness(of: name)
        guard let file = try SafeOpening.existing(FileEntries.entryName(name), in: opened.directory) else { return nil }
        do {
            let limit = EntryFrame.longestFile(longest)
            let bytes = try FileCalls.read(file.number, limit: limit)
            guard bytes.count <= limit else {
                throw StoreFailure.tampered("the entry is longer than \(longest) bytes")
            }
            let frame = try parse(bytes)
            let verdict = EntryVerdict(
                frame,
                at: EntryVerdict.Place(
                    name: name, machine: place.machine, directory: opened.id, file: try FilePlace.id(of: file.number),
                    mark: mark, witness: witness, hasStableInodes: opened.fileSystem.isKnownToBeLocal))
            return (frame, verdict)
        } catch let failure as FileCalls.Failure {
            throw StoreFailure.file(failure, "the entry cannot be read")
        }
    }

    private func parse(_ bytes: [UInt8]) throws -> EntryFrame {
        do throws(EntryFrame.Flaw) {
            return try EntryFrame.parse(bytes)
        } catch {
            switch error {
            case .tooNew(let format): throw StoreFailure.tooNew(format: format)
            case .damaged: throw StoreFailure.tampered("the entry was edited, cut or damaged")
            }
        }
    }

    private func mark(of name: StorageName, in opened: FilePlace.Opened) throws -> UInt64 {
        guard let file = try SafeOpening.existing(FileEntries.lockName(name), in: opened.directory) else { return 0 }
        return try readMark(file)
    }

    private func witness(of name: StorageName) -> UInt64 {
        guard let directory = place.openWitness(),
            let file = try? SafeOpening.existing(place.witnessName(name), in: directory)
        else { return 0 }
        return (try? readMark(file)) ?? 0
    }

    private func readMark(_ file: OpenFile) throws -> UInt64 {
        do throws(FileCalls.Failure) {
            return VersionMark(try FileCalls.read(file.number, limit: VersionMark.length))?.number ?? 0
        } catch {
            throw StoreFailure.file(error, "the highest version cannot be read")
        }
    }

    /// The highest version that is remembered anywhere.
    func highest(_ name: StorageName, _ lock: FileLock) throws -> UInt64 {
        max(try readMark(lock.file), witness(of: name))
    }
}
#endif
