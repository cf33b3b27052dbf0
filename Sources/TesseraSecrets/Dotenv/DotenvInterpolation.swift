/// `${NAME}` and `${NAME:-default}` in values, as python-dotenv resolves them: what an earlier line of the file says comes
/// before the environment, and a name that is nowhere is empty.
enum DotenvInterpolation {
    /// The longest value that may come of one line: names that stand for each other must not fill the memory.
    static let longestValue = 1_048_576

    /// - Returns: The value; nil when it would be too long.
    static func resolve(_ value: String, _ lookUp: (String) -> String?) -> String? {
        guard value.contains("${") else { return value }
        var output = ""
        var rest = value.unicodeScalars[...]
        while let dollar = rest.firstIndex(of: "$") {
            output.unicodeScalars.append(contentsOf: rest[..<dollar])
            let after = rest.index(after: dollar)
            guard let reference = Reference(rest[after...]) else {
                output.unicodeScalars.append("$")
                rest = rest[after...]
                continue
            }
            output += lookUp(reference.name) ?? reference.fallback
            guard output.utf8.count <= longestValue else { return nil }
            rest = reference.rest
        }
        output.unicodeScalars.append(contentsOf: rest)
        return output.utf8.count <= longestValue ? output : nil
    }

    private struct Reference {
        var name: String
        var fallback: String
        var rest: Substring.UnicodeScalarView

        /// `text` follows a dollar sign. Nil when no reference stands there.
        init?(_ text: Substring.UnicodeScalarView) {
            guard text.first == "{" else { return nil }
            let inner = text.dropFirst()
            guard let stop = inner.firstIndex(where: { $0 == "}" || $0 == ":" }) else { return nil }
            name = String(Substring(inner[..<stop]))
            guard inner[stop] == ":" else {
                fallback = ""
                rest = inner[inner.index(after: stop)...]
                return
            }
            let tail = inner[inner.index(after: stop)...]
            guard tail.first == "-", let close = tail.firstIndex(of: "}") else { return nil }
            fallback = String(Substring(tail[tail.index(after: tail.startIndex)..<close]))
            rest = tail[tail.index(after: close)...]
        }
    }
}
