#if CLI
import HTTPTypes

/// The query of a request target, in order.
///
/// What cannot be decoded stays as it was sent: a demo API has no reason to refuse a query that it does not read.
struct QueryItems: Sendable {
    /// Items past this one are dropped.
    static let maximumItems = 256

    private(set) var items: [(name: String, value: String)] = []

    /// Reads the part of a request's path behind `?`.
    init(_ head: HTTPRequest) {
        let target = (head.path ?? "").utf8
        guard let mark = target.firstIndex(of: UInt8(ascii: "?")) else { return }
        let query = target[target.index(after: mark)...]
        for pair in query.split(separator: UInt8(ascii: "&")).prefix(Self.maximumItems) {
            let end = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            items.append((Self.decode(pair[..<end]), Self.decode(pair[end...].dropFirst())))
        }
    }

    private static func decode(_ text: Substring.UTF8View.SubSequence) -> String {
        PercentDecoding.decode(text, plusIsSpace: true) ?? String(decoding: text, as: UTF8.self)
    }

    /// The first value of that name.
    subscript(name: String) -> String? { items.first { $0.name == name }?.value }

    /// Whether the item is there and says `true`.
    func flag(_ name: String) -> Bool { self[name] == "true" }

    /// The number of that name, brought into the range.
    ///
    /// - Throws: a 400 ``Problem`` for what is no number.
    func number(_ name: String, default standard: Int, in range: ClosedRange<Int>) throws(Problem) -> Int {
        guard let text = self[name] else { return standard }
        guard let value = BoundedNumber.parse(text, in: range) else {
            throw Problem(.badRequest, detail: "The query item \(name) is no whole number.", outcome: "invalid_query")
        }
        return value
    }
}
#endif
