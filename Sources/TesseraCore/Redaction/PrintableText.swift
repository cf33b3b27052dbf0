/// Text of a peer made safe to print: one line, no control characters, no terminal escapes, bounded (threat D1).
package enum PrintableText {
    /// `text` with control, bidirectional and other invisible characters replaced by U+FFFD, cut at `limit` characters.
    package static func singleLine(_ text: String, limit: Int = 500) -> String {
        var output = ""
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < limit else { return output + "..." }
            output.unicodeScalars.append(isPrintable(scalar) ? scalar : "\u{FFFD}")
            count += 1
        }
        return output
    }

    /// `text` on one line, with the characters that ``singleLine(_:limit:)`` replaces written as `\n`, `\r`, `\t` and
    /// `\u{1B}`; for logs, in which lines are looked for later.
    package static func escapedLine(_ text: String, limit: Int) -> String {
        var output = ""
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < limit else { return output + "..." }
            if isPrintable(scalar) {
                output.unicodeScalars.append(scalar)
            } else {
                output += escape(scalar)
            }
            count += 1
        }
        return output
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
        }
    }

    /// ``singleLine(_:limit:)`` with secrets replaced first, known ones and what looks like one: a cut must not leave half of one.
    package static func redactedLine(_ text: String, limit: Int = 500) -> String {
        singleLine(Redactor.process.redact(unknown: text), limit: limit)
    }

    /// Whether a scalar can neither move the cursor, start an escape sequence nor reorder or hide other text.
    package static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        default: true
        }
    }
}
