import TesseraCore

/// One respect in which a request is not what a route was prepared for.
struct RequestMismatch: Sendable, Equatable, CustomStringConvertible {
    /// What differs, for example `method` or `query page`.
    var field: String
    var expected: String
    var seen: String
    /// How much it says against the route being the one that was meant.
    var weight = 1

    var description: String { "\(field): expected \(expected), got \(seen)" }

    static let nothing = "nothing"

    /// A text in quotes, secrets replaced, cut where nobody reads on.
    static func quoted(_ text: String) -> String { "\"\(PrintableText.redactedLine(text, limit: 200))\"" }

    /// A value of a name under which secrets travel stands as its tag.
    static func value(_ text: String?, isSecret: Bool) -> String {
        guard let text else { return nothing }
        return isSecret ? Secret(text).description : quoted(text)
    }

    static func document(_ value: JSONValue?, of pointer: String) -> String {
        guard let value else { return nothing }
        let member = pointer.split(separator: "/").last.map(String.init) ?? ""
        if SensitiveNames.standard.holdsSecret(member: member), case .string(let text) = value {
            return Secret(text).description
        }
        return PrintableText.redactedLine(value.text, limit: 200)
    }
}

/// A request that nobody had prepared an answer for, and what nearly matched.
///
/// It is the `underlying` error of the failure that the client got, and stands in ``MockTransport/problems``.
public struct UnexpectedRequest: Error, Sendable, CustomStringConvertible {
    let request: String
    let nearest: (route: String, mismatches: [RequestMismatch])?
    let prepared: [String]

    /// The request, the nearest route with what differs, a difference a line, and all that was prepared.
    public var description: String {
        var lines = ["nobody prepared an answer to \(request)"]
        if let nearest {
            lines.append("the nearest is \(nearest.route), which differs:")
            lines += nearest.mismatches.map { "  \($0)" }
        }
        return (lines + [preparedLine]).joined(separator: "\n")
    }

    /// The same in one line.
    var line: String {
        let near = nearest.map { nearest in
            "; the nearest is \(nearest.route): \(nearest.mismatches.map(\.description).joined(separator: ", "))"
        }
        return "nobody prepared an answer to \(request)\(near ?? ""); \(preparedLine)"
    }

    private var preparedLine: String {
        "prepared is: \(prepared.isEmpty ? "nothing" : prepared.joined(separator: ", "))"
    }
}
