#if OAuth
import TesseraCore

/// Opens files in a checked directory and looks at what was opened, not at what the name meant before (threat C5).
enum SafeOpening {
    /// A file that exists; nil when there is none.
    static func existing(_ name: String, in directory: OpenFile, writing: Bool = false) throws -> OpenFile? {
        do {
            let file = OpenFile(try FileCalls.openExisting(name, in: directory.number, writing: writing))
            try check(file, name)
            return file
        } catch let failure as FileCalls.Failure {
            if failure.isMissing { return nil }
            throw StoreFailure.file(failure, "\(name) cannot be opened")
        }
    }

    /// A file that exists, or a new one.
    static func existingOrNew(_ name: String, in directory: OpenFile) throws -> (file: OpenFile, isNew: Bool) {
        for _ in 0..<8 {
            if let file = try existing(name, in: directory, writing: true) { return (file, false) }
            do throws(FileCalls.Failure) {
                return (OpenFile(try FileCalls.create(name, in: directory.number)), true)
            } catch  where error.exists {
                // Another process made it at the same time.
            } catch {
                throw StoreFailure.file(error, "\(name) cannot be made")
            }
        }
        throw StoreFailure.failed("\(name) comes and goes", remedy: "find out what else writes to the store")
    }

    private static func check(_ file: OpenFile, _ name: String) throws {
        let status = try FileCalls.status(of: file.number)
        guard status.kind == .file else {
            throw StoreFailure.insecure("\(name) is not an ordinary file", remedy: "find out who put it there")
        }
        guard status.owner == FileCalls.user else {
            throw StoreFailure.insecure(
                "\(name) belongs to another user (\(status.owner))", remedy: "find out who put it there")
        }
        guard status.mode & 0o077 == 0 else {
            throw StoreFailure.insecure(
                "\(name) is open to other users (mode \(String(status.mode, radix: 8)))",
                remedy: "chmod 600 it, and consider its content known")
        }
        // 0: replaced by a newer one between opening and looking, which is no fault.
        guard status.links <= 1 else {
            throw StoreFailure.insecure(
                "\(name) has another name (a hard link), through which it can be changed",
                remedy: "remove the other name; exclude the store from backups by hard links")
        }
    }
}
#endif
