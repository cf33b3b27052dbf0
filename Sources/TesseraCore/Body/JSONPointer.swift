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

    /// Decodes what lies at the pointer in the decoder's user info, through the decoder's own containers, so that its
    /// strategies for dates and keys apply.
    struct Located<Value: Decodable>: Decodable {
        var value: Value?

        init(from decoder: any Decoder) throws {
            guard let pointer = decoder.userInfo[JSONPointer.key] as? JSONPointer else { return }
            var current = decoder
            for (index, segment) in pointer.segments.enumerated() {
                let isLast = index == pointer.segments.count - 1
                if let position = Int(segment), var list = try? current.unkeyedContainer() {
                    guard position >= 0, position < list.count ?? 0 else { return }
                    for _ in 0..<position { _ = try list.superDecoder() }
                    if isLast {
                        value = try list.decodeIfPresent(Value.self)
                        return
                    }
                    current = try list.superDecoder()
                    continue
                }
                let object = try current.container(keyedBy: Member.self)
                let member = Member(stringValue: segment)
                guard object.contains(member), try !object.decodeNil(forKey: member) else { return }
                if isLast {
                    value = try object.decode(Value.self, forKey: member)
                    return
                }
                current = try object.superDecoder(forKey: member)
            }
        }
    }

    private struct Member: CodingKey {
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
