/// Writes a whole file or none: a new file beside it takes its place when everything is written. A full disk or a lost
/// connection leaves the old file as it was, and nothing beside it.
///
/// A device, a pipe or a link is written in place: a file must not be put where it was.
package struct FileReplacement: ~Copyable {
    private let path: String
    private let temporary: String?
    private let descriptor: Int32
    private var isCommitted = false

    /// Begins to replace the file at `path`.
    ///
    /// - Throws: ``TesseraError`` with code ``TesseraError/Code/fileFailed``.
    package init(_ path: String) throws {
        self.path = path
        do throws(Platform.FileFailure) {
            if Platform.isSpecialFile(path) {
                descriptor = try Platform.openForWriting(path)
                temporary = nil
            } else {
                let made = try Platform.createTemporary(beside: path)
                descriptor = made.descriptor
                temporary = made.path
            }
        } catch {
            throw FileReplacement.failure(error)
        }
    }

    deinit {
        Platform.closeFile(descriptor)
        if let temporary, !isCommitted { Platform.remove(temporary) }
    }

    /// Writes the next bytes.
    package func write(_ bytes: ArraySlice<UInt8>) throws {
        do throws(Platform.FileFailure) {
            try Platform.writeAll(bytes, to: descriptor)
        } catch {
            throw FileReplacement.failure(error)
        }
    }

    /// Puts the new file in place.
    package mutating func commit() throws {
        do throws(Platform.FileFailure) {
            guard let temporary else { return }
            try Platform.sync(descriptor)
            try Platform.move(temporary, to: path)
            isCommitted = true
        } catch {
            throw FileReplacement.failure(error)
        }
    }

    private static func failure(_ failure: Platform.FileFailure) -> TesseraError {
        TesseraError(
            .fileFailed, "the file could not be written: \(failure.text)", remedy: "the old file, if any, is unchanged")
    }
}
