/// The name of an entry in a ``TokenStore``: 1…120 lower-case letters, digits and hyphens.
///
/// It is a keyed hash of a ``TokenKey`` and says nothing about whose entry it is (threat C3). The alphabet is what file
/// names, Redis keys and columns of every kind keep apart, on file systems that ignore case too.
public struct StorageName: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The longest name, so that a store may add an ending of its own and stay below the 255 bytes of a file name.
    public static let longest = 120

    /// The name itself.
    public let text: String

    /// A name, or nil when `text` is none.
    public init?(_ text: String) {
        let isAllowed = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (0x30...0x39).contains(byte)
                || byte == UInt8(ascii: "-")
        }
        guard isAllowed, (1...StorageName.longest).contains(text.utf8.count) else { return nil }
        self.text = text
    }

    /// A name of bytes in hexadecimal, at most the first 48 of them.
    package init(hexadecimal bytes: some Collection<UInt8>) {
        let digits = Hexadecimal.encode(Array(bytes.prefix(48)), digits: "0123456789abcdef")
        text = digits.isEmpty ? "0" : String(decoding: digits, as: UTF8.self)
    }

    /// Reads a name; refuses what ``init(_:)`` refuses.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let name = StorageName(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a storage name")
        }
        self = name
    }

    /// Writes the text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    /// The text.
    public var description: String { text }
}
