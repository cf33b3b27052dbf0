/// Lists of structured fields (RFC 9651 §3.1, §4.2), as far as rate limits need them: items with parameters. A list with
/// an inner list is none here.
enum StructuredField {
    enum Item: Sendable, Hashable {
        case integer(Int64)
        /// In thousandths, as many digits as there may be (§3.3.2).
        case decimal(thousandths: Int64)
        case string(String)
        case token(String)
        /// The base64 text (§3.3.5).
        case bytes(String)
        case boolean(Bool)
        case date(Int64)

        /// What a string or a token says.
        var text: String? {
            switch self {
            case .string(let text), .token(let text): text
            case .integer, .decimal, .bytes, .boolean, .date: nil
            }
        }
    }

    struct Member: Sendable, Hashable {
        var item: Item
        /// The last of a repeated name counts (§4.2.3.2).
        var parameters: [String: Item]
    }

    private static let longest = 4096
    private static let mostMembers = 64

    /// The members; nil when the value is no such list. A field that fails to parse is ignored as a whole (§4.2).
    static func list(_ value: String) -> [Member]? {
        guard value.utf8.count <= longest else { return nil }
        var parser = StructuredFieldParser(Array(value.utf8))
        return parser.list(atMost: mostMembers)
    }
}

struct StructuredFieldParser {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skip(tabs: Bool = false) {
        while let byte = next, byte == 0x20 || (tabs && byte == 0x09) { index += 1 }
    }

    private mutating func take(_ byte: Character) -> Bool {
        guard next == byte.asciiValue else { return false }
        index += 1
        return true
    }

    private mutating func take(while isWanted: (UInt8) -> Bool) -> String {
        let start = index
        while let byte = next, isWanted(byte) { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    mutating func list(atMost most: Int) -> [StructuredField.Member]? {
        var members: [StructuredField.Member] = []
        skip()
        while next != nil {
            guard members.count < most, let item = item(), let parameters = parameters() else { return nil }
            members.append(StructuredField.Member(item: item, parameters: parameters))
            skip(tabs: true)
            if next == nil { return members }
            guard take(",") else { return nil }
            skip(tabs: true)
            if next == nil { return nil }
        }
        return members
    }

    private mutating func parameters() -> [String: StructuredField.Item]? {
        var parameters: [String: StructuredField.Item] = [:]
        while take(";") {
            skip()
            guard let first = next, first == 0x2A || (0x61...0x7A).contains(first) else { return nil }
            let name = take { (0x61...0x7A).contains($0) || $0.isDigit || [0x5F, 0x2D, 0x2E, 0x2A].contains($0) }
            var value = StructuredField.Item.boolean(true)
            if take("=") {
                guard let item = item() else { return nil }
                value = item
            }
            parameters[name] = value
        }
        return parameters
    }

    private mutating func item() -> StructuredField.Item? {
        guard let first = next else { return nil }
        switch first {
        case 0x22: return string()
        case 0x2D, 0x30...0x39: return number()
        case 0x3A:
            index += 1
            let text = take { $0.isASCIILetterOrDigit || [0x2B, 0x2F, 0x3D].contains($0) }
            return take(":") ? .bytes(text) : nil
        case 0x3F:
            index += 1
            if take("1") { return .boolean(true) }
            return take("0") ? .boolean(false) : nil
        case 0x40:
            index += 1
            guard case .integer(let seconds)? = number() else { return nil }
            return .date(seconds)
        case 0x2A, 0x41...0x5A, 0x61...0x7A:
            return .token(take { $0.isTokenCharacter || $0 == 0x3A || $0 == 0x2F })
        default: return nil
        }
    }

    private mutating func string() -> StructuredField.Item? {
        index += 1
        var text: [UInt8] = []
        while let byte = next {
            index += 1
            switch byte {
            case 0x22: return .string(String(decoding: text, as: UTF8.self))
            case 0x5C:
                guard let escaped = next, escaped == 0x22 || escaped == 0x5C else { return nil }
                index += 1
                text.append(escaped)
            case 0x20...0x7E: text.append(byte)
            default: return nil
            }
        }
        return nil
    }

    private mutating func number() -> StructuredField.Item? {
        let isNegative = take("-")
        let whole = take { $0.isDigit }
        guard !whole.isEmpty, let value = Int64(whole.prefix(16)) else { return nil }
        guard take(".") else {
            return whole.utf8.count <= 15 ? .integer(isNegative ? -value : value) : nil
        }
        let fraction = take { $0.isDigit }
        guard whole.utf8.count <= 12, (1...3).contains(fraction.utf8.count),
            let part = Int64(fraction + String(repeating: "0", count: 3 - fraction.utf8.count))
        else { return nil }
        let thousandths = value * 1000 + part
        return .decimal(thousandths: isNegative ? -thousandths : thousandths)
    }
}
