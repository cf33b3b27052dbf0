#if NIO
import HTTPTypes

/// The field names of the last answer on a connection, checked once.
///
/// A server sends the same names in the same order with most answers, and comparing two strings costs a tenth of
/// checking and lower-casing one.
struct ResponseFieldNames {
    private static let most = 64

    private var names: [HTTPField.Name] = []

    /// The name at `position` of an answer's fields; nil if it is none.
    ///
    /// - Parameter parse: Checks a name that is new here.
    mutating func name(
        _ text: String, at position: Int, parse: (String) -> HTTPField.Name? = { HTTPField.Name($0) }
    ) -> HTTPField.Name? {
        if position < names.count, names[position].rawName == text { return names[position] }
        guard let name = parse(text) else { return nil }
        if position < names.count {
            names[position] = name
        } else if position == names.count, position < Self.most {
            names.append(name)
        }
        return name
    }
}
#endif
