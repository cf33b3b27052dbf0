#if OAuth
import Crypto
import TesseraCore

/// The highest number that was ever given to something, in a line of fixed length that is written in place.
///
/// It is written after the entry it speaks of, so it never promises what a crash took away, and it stays when the entry
/// is removed, so that versions never repeat.
struct VersionMark: Sendable, Hashable {
    static let length = 64

    var number: UInt64

    var encoded: [UInt8] {
        let digits = String(number)
        let padded = String(repeating: "0", count: max(0, 20 - digits.count)) + digits
        let line = "tessera-mark 1 \(padded) \(VersionMark.sum(padded))"
        return Array(
            (line + String(repeating: " ", count: max(0, VersionMark.length - 1 - line.utf8.count)) + "\n").utf8)
    }

    /// A mark; nil when there is none, or a half-written one.
    init?(_ bytes: [UInt8]) {
        let parts = String(decoding: bytes.prefix(VersionMark.length), as: UTF8.self).split(separator: " ")
        guard parts.count >= 4, parts[0] == "tessera-mark", let number = UInt64(parts[2]),
            parts[3] == VersionMark.sum(String(parts[2]))
        else { return nil }
        self.number = number
    }

    init(_ number: UInt64) {
        self.number = number
    }

    private static func sum(_ digits: String) -> String {
        StorageName(hexadecimal: SHA256.hash(data: Array(digits.utf8)).prefix(8).map { $0 }).text
    }
}
#endif
