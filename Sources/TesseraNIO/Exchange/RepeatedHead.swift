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

    private var names: [HTTPField.Name] = []
    private var values: [String] = []
    private var status = 0
    private var head: Head?

    /// The head, if status, names and values are the same.
    ///
    /// - Parameter count: How many fields there are.
    func head(of status: Int, count: Int, _ fields: some Sequence<(name: String, value: String)>) -> Head? {
        guard let head, status == self.status, count == values.count else { return nil }
        var position = 0
        for (name, value) in fields {
            guard position < values.count, values[position] == value, names[position].rawName == name else {
                return nil
            }
            position += 1
        }
        return head
    }

    /// Notes a field of a new head, and gives its name; nil if that is none.
    ///
    /// - Parameter parse: Checks a name that is new here.
    mutating func note(
        _ text: String, _ value: String, at position: Int,
        parse: (String) -> HTTPField.Name? = { HTTPField.Name($0) }
    ) -> HTTPField.Name? {
        head = nil
        let isKnown = position < names.count && names[position].rawName == text
        guard let name = isKnown ? names[position] : parse(text) else { return nil }
        guard position < Self.most else { return name }
        if position == names.count {
            names.append(name)
        } else if !isKnown, position < names.count {
            names[position] = name
        }
        if position == values.count {
            values.append(value)
        } else if position < values.count {
            values[position] = value
        }
        return name
    }

    /// Keeps a head all of whose fields were noted.
    mutating func keep(_ head: Head, of status: Int, _ fields: HTTPFields, bytes: Int) {
        values.removeLast(max(0, values.count - fields.count))
        // What a cookie holds is a secret: it stays no longer than its answer.
        guard fields.count == values.count, bytes <= Self.mostBytes, !fields.contains(.setCookie) else {
            values = []
            return
        }
        self.status = status
        self.head = head
    }
}
#endif
