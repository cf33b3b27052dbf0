/// A place in a JSON document (RFC 6901), such as `/meta/next`.
public struct JSONPointer: Sendable, Hashable, ExpressibleByStringLiteral {
    let segments: [String]

    static let key = CodingUserInfoKey(rawValue: "dev.tessera.json-pointer") ?? .fallback

    /// A pointer; text that does not begin with a slash is read as if it did.
    public init(stringLiteral value: String) {
        segments =
            value.isEmpty
            ? []
            : value.split(separator: "/", omittingEmptySubsequences: false).dropFirst(value.hasPrefix("/") ? 1 : 0)
                .map { JSONPointer.unescaped(String($0)) }
    }

    private static func unescaped(_ segment: String) -> String {
        guard segment.contains("~") else { return segment }
        return segment.split(separator: "~1", omittingEmptySubsequences: false)
            .map { $0.split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~") }
            .joined(separator: "/")
    }

    /// What a decoder is told to look up.
    struct Lookup {
        var pointer: JSONPointer
        /// The decoder shows members under converted names, so a name that is not there is converted too.
        var fromSnakeCase: Bool
    }

    /// Decodes what lies at the pointer in the decoder's user info, through the decoder's own containers, so that its
    /// strategies for dates and keys apply.
    struct Located<Value: Decodable>: Decodable {
        var value: Value?

        init(from decoder: any Decoder) throws {
            guard let lookup = decoder.userInfo[JSONPointer.key] as? Lookup else { return }
            var current = decoder
            for (index, segment) in lookup.pointer.segments.enumerated() {
                let isLast = index == lookup.pointer.segments.count - 1
                if let position = JSONPointer.arrayIndex(segment), var list = try? current.unkeyedContainer() {
                    guard position < list.count ?? 0 else { return }
                    for _ in 0..<position where try !list.decodeNil() { _ = try list.superDecoder() }
                    guard try !list.decodeNil() else { return }
                    if isLast {
                        value = try list.decode(Value.self)
                        return
                    }
                    current = try list.superDecoder()
                    continue
                }
                let object = try current.container(keyedBy: Member.self)
                var member = Member(stringValue: segment)
                if lookup.fromSnakeCase, !object.contains(member) {
                    member = Member(stringValue: JSONPointer.camelCased(segment))
                }
                guard object.contains(member), try !object.decodeNil(forKey: member) else { return }
                if isLast {
                    value = try object.decode(Value.self, forKey: member)
                    return
                }
                current = try object.superDecoder(forKey: member)
            }
        }
    }

    /// RFC 6901 §4: digits without leading zeros.
    private static func arrayIndex(_ segment: String) -> Int? {
        let digits = segment.utf8
        guard digits.allSatisfy(\.isDigit), digits.count == 1 || digits.first != UInt8(ascii: "0") else { return nil }
        return Int(segment)
    }

    /// As Foundation's decoder converts names: `page_info` becomes `pageInfo`, underscores at the ends stay.
    private static func camelCased(_ name: String) -> String {
        let core = name.drop { $0 == "_" }
        let leading = name.prefix(name.count - core.count)
        let trailing = core.reversed().prefix { $0 == "_" }
        let words = core.dropLast(trailing.count).split(separator: "_")
        guard words.count > 1, let first = words.first else { return name }
        let rest = words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }
        return leading + first.lowercased() + rest.joined() + String(trailing)
    }

    struct Member: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

extension CodingUserInfoKey {
    fileprivate static let fallback: CodingUserInfoKey = {
        // The initializer is failable by signature only; any text is a key.
        guard let key = CodingUserInfoKey(rawValue: "json-pointer") else { preconditionFailure("a literal key") }
        return key
    }()
}
