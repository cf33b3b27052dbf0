#if CLI
import TesseraCore

/// A line of `git rev-list --objects --in-commit-order --missing=print`.
enum ObjectListing: Equatable {
    /// What follows came with this commit.
    case commit(String)
    /// A tree, a blob or a tag, and the path at which it was met first; a line break in a path cuts it off there.
    case object(String, path: [UInt8])
    /// An object that the repository does not have.
    case missing(String)

    init?(line: ArraySlice<UInt8>) {
        if line.first == UInt8(ascii: "?") {
            self = .missing(ObjectName.text(line.dropFirst()) ?? "an object")
            return
        }
        let name = line.prefix { $0 != UInt8(ascii: " ") }
        guard let object = ObjectName.text(name) else { return nil }
        // A commit has no path, not even an empty one as the tree at the root.
        self =
            name.endIndex == line.endIndex
            ? .commit(object) : .object(object, path: Array(line[(name.endIndex + 1)...]))
    }
}

/// The first line of an answer of `git cat-file --batch-command`.
struct ObjectHeader: Equatable {
    var isBlob: Bool
    var size: Int

    /// - Returns: Nil when the object is not there, or git says something else.
    init?(line: ArraySlice<UInt8>) {
        let fields = line.split(separator: UInt8(ascii: " "))
        guard fields.count == 3, ObjectName.text(fields[0]) != nil,
            let size = Int(String(decoding: fields[2], as: UTF8.self)), size >= 0
        else { return nil }
        isBlob = fields[1].elementsEqual(Array("blob".utf8))
        self.size = size
    }
}

enum ObjectName {
    /// The hexadecimal name of an object, of SHA-1 or SHA-256.
    static func text(_ bytes: ArraySlice<UInt8>) -> String? {
        let isName =
            (bytes.count == 40 || bytes.count == 64)
            && bytes.allSatisfy { $0.isDigit || (0x61...0x66).contains($0) }
        return isName ? String(decoding: bytes, as: UTF8.self) : nil
    }
}
#endif
