#if NIO
import HTTPTypes

/// The head of the last answer on a connection, checked once.
///
/// A server sends the same head with most answers, or one with the same names: comparing two strings costs a tenth of
/// checking one.
struct RepeatedHead<Head> {
    /// Fields of longer heads are not kept.
    private static var most: Int { 64 }
    private static var mostBytes: Int { 8192 }

    private struct Name {
        let name: HTTPField.Name
        /// Whether its values may be kept beyond their answer.
        let isHarmless: Bool
    }

    private var names: [Name] = []
    private var values: [String] = []
    private var isKeepable = true
    private var status = 0
    private var head: Head?

    /// The head, if status, names and values are the same.
    ///
    /// - Parameter count: How many fields there are.
    func head(of status: Int, count: Int, _ fields: some Sequence<(name: String, value: String)>) -> Head? {
        guard let head, status == self.status, count == values.count else { return nil }
        var position = 0
        for (name, value) in fields {
            guard position < values.count, RepeatedHead.isSame(values[position], value),
                RepeatedHead.isSame(names[position].name.rawName, name)
            else { return nil }
            position += 1
        }
        return head
    }

    /// Whether two texts, the first of ASCII, have the same bytes. Unicode holds others equal too (U+212A and K), which
    /// are longer.
    private static func isSame(_ kept: String, _ text: String) -> Bool {
        kept.utf8.count == text.utf8.count && kept == text
    }

    /// Notes a field of a new head, and gives its name; nil if that is none.
    ///
    /// - Parameter parse: Checks a name that is new here.
    mutating func note(
        _ text: String, _ value: String, at position: Int,
        parse: (String) -> HTTPField.Name? = { HTTPField.Name($0) }
    ) -> HTTPField.Name? {
        if position == 0 { isKeepable = true }
        head = nil
        let isKnown = position < names.count && RepeatedHead.isSame(names[position].name.rawName, text)
        let name: Name
        if isKnown {
            name = names[position]
        } else {
            guard let parsed = parse(text) else { return nil }
            name = Name(name: parsed, isHarmless: RepeatedHeadNames.harmless.contains(parsed.canonicalName))
        }
        guard position < Self.most else {
            isKeepable = false
            return name.name
        }
        if position == names.count {
            names.append(name)
        } else if !isKnown, position < names.count {
            names[position] = name
        }
        let isKept = name.isHarmless && value.utf8.count < Self.mostBytes && value.utf8.allSatisfy { $0 < 0x80 }
        if !isKept { isKeepable = false }
        if position == values.count {
            values.append(isKept ? value : "")
        } else if position < values.count {
            values[position] = isKept ? value : ""
        }
        return name.name
    }

    /// Keeps a head all of whose fields were noted, if they are few, short and harmless.
    mutating func keep(_ head: Head, of status: Int, _ fields: HTTPFields, bytes: Int) {
        values.removeLast(max(0, values.count - fields.count))
        guard isKeepable || fields.isEmpty, fields.count == values.count, bytes <= Self.mostBytes else { return }
        self.status = status
        self.head = head
    }
}

/// Fields that say nothing that somebody might want to hide. What another one holds, a cookie or a place to go to with a
/// code in its query, stays no longer than its answer.
private enum RepeatedHeadNames {
    static let harmless: Set<String> = [
        "accept-ranges", "access-control-allow-origin", "age", "alt-svc", "cache-control", "connection",
        "content-encoding", "content-language", "content-length", "content-type", "date", "expires", "keep-alive",
        "last-modified", "server", "strict-transport-security", "transfer-encoding", "vary", "via",
        "x-content-type-options", "x-frame-options", "x-powered-by",
    ]
}
#endif
