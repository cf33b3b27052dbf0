/// The part of a download that is there already: `name.part` with the bytes and `name.part.tag` with the entity tag they
/// belong to. Locked against a second download of the same file.
///
/// The tag is removed before the bytes are emptied and written before the first new one, so that the bytes always belong
/// to the tag beside them.
struct PartFile: ~Copyable {
    private static let longestTag = 2048

    private let path: String
    private let partPath: String
    private let tagPath: String
    private let descriptor: Int32
    /// The bytes that are there.
    private(set) var count: Int
    /// The entity tag that they belong to; nil where they cannot be gone on with.
    private(set) var validator: String?

    /// - Parameter place: What the bytes are of; a part of something else is not gone on with.
    init(_ path: String, of place: String) throws {
        self.path = path
        partPath = "\(path).part"
        tagPath = "\(path).part.tag"
        do throws(Platform.FileFailure) {
            guard !Platform.isSpecialFile(path) else { throw Platform.FileFailure.notOrdinary }
            descriptor = try Platform.openPart(partPath)
        } catch {
            throw PartFile.failure(error)
        }
        count = Platform.size(of: descriptor)
        let lines = Platform.contents(of: tagPath, limit: PartFile.longestTag + AbsoluteURL.longest)
            .flatMap { String(validating: $0, as: UTF8.self) }?
            .split(separator: "\n", omittingEmptySubsequences: false)
        if let lines, lines.count == 3, lines[1] == place, ResumeDecision.isStrong(String(lines[0])), count > 0 {
            validator = String(lines[0])
        }
    }

    deinit { Platform.closeFile(descriptor) }

    /// Empties the part, and notes what the next bytes belong to.
    mutating func restart(validator: String?, of place: String) throws {
        do throws(Platform.FileFailure) {
            Platform.remove(tagPath)
            try Platform.empty(descriptor)
            (count, self.validator) = (0, nil)
            guard let validator else { return }
            let made = try Platform.createTemporary(beside: tagPath)
            defer { Platform.closeFile(made.descriptor) }
            do throws(Platform.FileFailure) {
                try Platform.writeAll(Array("\(validator)\n\(place)\n".utf8)[...], to: made.descriptor)
                try Platform.move(made.path, to: tagPath)
            } catch {
                Platform.remove(made.path)
                throw error
            }
            self.validator = validator
        } catch {
            throw PartFile.failure(error)
        }
    }

    mutating func append(_ bytes: ArraySlice<UInt8>) throws {
        do throws(Platform.FileFailure) {
            try Platform.writeAll(bytes, to: descriptor)
            count += bytes.count
        } catch {
            throw PartFile.failure(error)
        }
    }

    /// Puts the whole file in place.
    func commit() throws {
        do throws(Platform.FileFailure) {
            try Platform.sync(descriptor)
            try Platform.move(partPath, to: path)
            Platform.remove(tagPath)
        } catch {
            throw PartFile.failure(error)
        }
    }

    private static func failure(_ failure: Platform.FileFailure) -> TesseraError {
        TesseraError(
            .fileFailed, "the part of the download cannot be used: \(failure.text)",
            remedy: "is another download of the same file under way? The file itself, if any, is unchanged")
    }
}
