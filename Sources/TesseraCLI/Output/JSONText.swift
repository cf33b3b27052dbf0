#if CLI
import TesseraCore

/// JSON whose members stand in the order in which they were written, so that the same result is the same text.
///
/// What would not be safe on a terminal stands as an escape (RFC 8259 §7), so the text can go anywhere as it is.
enum JSONText {
    case string(String)
    case number(Int)
    case boolean(Bool)
    case array([JSONText])
    case object([(name: String, value: JSONText)])

    /// The text in one line.
    var line: String {
        var output = ""
        write(to: &output)
        return output
    }

    private func write(to output: inout String) {
        switch self {
        case .string(let text): JSONText.quote(text, to: &output)
        case .number(let number): output += String(number)
        case .boolean(let flag): output += flag ? "true" : "false"
        case .array(let elements):
            output += "["
            for (number, element) in elements.enumerated() {
                if number > 0 { output += "," }
                element.write(to: &output)
            }
            output += "]"
        case .object(let members):
            output += "{"
            for (number, member) in members.enumerated() {
                if number > 0 { output += "," }
                JSONText.quote(member.name, to: &output)
                output += ":"
                member.value.write(to: &output)
            }
            output += "}"
        }
    }

    private static func quote(_ text: String, to output: inout String) {
        output += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case _ where PrintableText.isPrintable(scalar): output.unicodeScalars.append(scalar)
            default:
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            }
        }
        output += "\""
    }
}
#endif
