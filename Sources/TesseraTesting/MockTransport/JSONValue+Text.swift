extension JSONValue {
    /// The document in one line, members in the order of their names, so that the same document is the same text.
    var text: String {
        var output = ""
        write(to: &output, indent: nil)
        return output
    }

    /// The document for people: a member or element a line.
    var prettyText: String {
        var output = ""
        write(to: &output, indent: 0)
        return output
    }

    private func write(to output: inout String, indent: Int?) {
        switch self {
        case .string(let value): JSONValue.quote(value, to: &output)
        case .integer(let value): output += String(value)
        // JSON knows no infinity.
        case .number(let value): output += value.isFinite ? "\(value)" : "null"
        case .bool(let value): output += value ? "true" : "false"
        case .null: output += "null"
        case .array(let values):
            JSONValue.list(values, "[", "]", to: &output, indent) { value, inner, output in
                value.write(to: &output, indent: inner)
            }
        case .object(let members):
            JSONValue.list(members.sorted { $0.key < $1.key }, "{", "}", to: &output, indent) { member, inner, output in
                JSONValue.quote(member.key, to: &output)
                output += inner == nil ? ":" : ": "
                member.value.write(to: &output, indent: inner)
            }
        }
    }

    private static func list<Element>(
        _ elements: [Element], _ open: String, _ close: String, to output: inout String, _ indent: Int?,
        _ write: (Element, Int?, inout String) -> Void
    ) {
        output += open
        let inner = indent.map { $0 + 2 }
        for (index, element) in elements.enumerated() {
            if index > 0 { output += "," }
            newLine(inner, to: &output)
            write(element, inner, &output)
        }
        if !elements.isEmpty { newLine(indent, to: &output) }
        output += close
    }

    private static func newLine(_ indent: Int?, to output: inout String) {
        guard let indent else { return }
        output += "\n" + String(repeating: " ", count: indent)
    }

    /// RFC 8259 §7.
    private static func quote(_ text: String, to output: inout String) {
        output += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            case ..<" ":
                let digits = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: output.unicodeScalars.append(scalar)
            }
        }
        output += "\""
    }
}
