/// Names and values of a query or a form, in order; names may repeat.
///
/// ```swift
/// try await api.get("/users", query: ["expand": "teams", "page": 2])
/// ```
public struct QueryItems: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// The pairs in order, not encoded.
    public private(set) var items: [Item]

    /// One name with its value.
    public struct Item: Sendable, Hashable {
        /// The name, not encoded.
        public var name: String
        /// The value, not encoded.
        public var value: String

        /// A pair of `name` and `value`.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// No pairs.
    public init() {
        items = []
    }

    /// The given pairs; a name that stands twice is sent twice.
    public init(dictionaryLiteral elements: (String, any RequestTargetValue)...) {
        items = elements.map { Item(name: $0.0, value: $0.1.requestTargetText) }
    }

    /// Whether there are no pairs.
    public var isEmpty: Bool { items.isEmpty }

    /// Adds a pair at the end.
    public mutating func append(_ name: String, _ value: some RequestTargetValue) {
        items.append(Item(name: name, value: value.requestTargetText))
    }

    /// Puts a pair at the end, in place of those of its name.
    mutating func replace(_ name: String, _ value: String) {
        items.removeAll { $0.name == name }
        items.append(Item(name: name, value: value))
    }

    /// The pairs as a query string, without the question mark.
    var encodedQuery: String {
        items.map { "\(PercentEncoding.component($0.name))=\(PercentEncoding.component($0.value))" }
            .joined(separator: "&")
    }

    /// One value as it stands in `application/x-www-form-urlencoded`.
    package static func formEncoded(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        PercentEncoding.appendFormComponent(bytes, to: &output)
        return output
    }

    /// The pairs as `application/x-www-form-urlencoded` (WHATWG URL §5.2).
    package var encodedForm: [UInt8] {
        var output: [UInt8] = []
        for (index, item) in items.enumerated() {
            if index > 0 { output.append(UInt8(ascii: "&")) }
            PercentEncoding.appendFormComponent(item.name.utf8, to: &output)
            output.append(UInt8(ascii: "="))
            PercentEncoding.appendFormComponent(item.value.utf8, to: &output)
        }
        return output
    }
}
