#if OAuth
import Crypto
import TesseraCore

/// What a file store writes around an entry: a line that says which entry it is, which of its versions, and which file
/// of which directory of which machine it was written into, and a digest over all of it.
///
/// A copy is another file: it has another inode, or the same number with another time of birth, and neither can be set
/// by `cp -a`, `rsync`, `tar` or a restore. The digest finds damage; what an attacker with a pen can do is stopped by
/// the encryption above.
struct EntryFrame: Sendable, Hashable {
    static let format = 1
    static let longestHeader = 512

    /// Which file it is.
    struct FileID: Sendable, Hashable {
        var inode: UInt64
        var birth: UInt64
    }

    var name: StorageName
    /// Counts the versions of this name.
    var sequence: UInt64
    /// Tells apart versions of one number, which a crash can leave.
    var nonce: UInt64
    var machine: String
    var directory: FileID
    var file: FileID
    var bytes: [UInt8]

    var version: StoreVersion { StoreVersion("\(sequence)-\(String(nonce, radix: 16))") }

    enum Flaw: Error, Hashable {
        case tooNew(Int)
        case damaged
    }

    func encoded() -> [UInt8] {
        let head = [
            "tessera-entry", String(EntryFrame.format), name.text, String(sequence), String(nonce, radix: 16), machine,
            String(directory.inode), String(directory.birth), String(file.inode), String(file.birth),
            String(bytes.count),
        ].joined(separator: " ")
        return Array("\(head) \(EntryFrame.digest(head, bytes[...]))\n".utf8) + bytes
    }

    /// The longest file that holds an entry of `count` bytes.
    static func longestFile(_ count: Int) -> Int { count + longestHeader }

    static func parse(_ file: [UInt8]) throws(Flaw) -> EntryFrame {
        guard let end = file.prefix(longestHeader).firstIndex(of: 0x0A) else { throw .damaged }
        let line = String(decoding: file[..<end], as: UTF8.self)
        let parts = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 2, parts[0] == "tessera-entry", let format = Int(parts[1]), format > 0 else {
            throw .damaged
        }
        guard format <= EntryFrame.format else { throw .tooNew(format) }
        let bytes = file[(end + 1)...]
        guard parts.count == 12, let name = StorageName(parts[2]), let sequence = UInt64(parts[3]),
            sequence < UInt64(Int64.max), let nonce = UInt64(parts[4], radix: 16),
            let directoryInode = UInt64(parts[6]), let directoryBirth = UInt64(parts[7]),
            let inode = UInt64(parts[8]), let birth = UInt64(parts[9]), Int(parts[10]) == bytes.count,
            parts[11] == digest(parts.dropLast().joined(separator: " "), bytes)
        else { throw .damaged }
        return EntryFrame(
            name: name, sequence: sequence, nonce: nonce, machine: parts[5],
            directory: FileID(inode: directoryInode, birth: directoryBirth), file: FileID(inode: inode, birth: birth),
            bytes: Array(bytes))
    }

    private static func digest(_ head: String, _ bytes: ArraySlice<UInt8>) -> String {
        var hash = SHA256()
        hash.update(data: Array(head.utf8))
        hash.update(data: [0x0A])
        hash.update(data: bytes)
        return StorageName(hexadecimal: hash.finalize().map { $0 }).text
    }
}
#endif
