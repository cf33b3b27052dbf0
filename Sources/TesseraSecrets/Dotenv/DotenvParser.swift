import TesseraCore

/// Reads `.env` files in the dialect of python-dotenv: `export`, quotes, escapes, comments, values of several lines.
///
/// One pass, and time that grows with the length: a quote that is never closed is not searched twice.
struct DotenvParser {
    /// One statement.
    struct Binding: Hashable, Sendable {
        /// Nil for a comment, and for what cannot be read.
        var key: String?
        /// Nil for a name without `=`.
        var value: String?
        /// The line on which it begins, from one.
        var line: Int
        var isError = false
    }

    private let text: [Unicode.Scalar]
    private var position = 0
    private var line = 1

    private init(_ text: String) {
        // A byte order mark is what some editors leave, never part of a name.
        let scalars = text.unicodeScalars
        self.text = DotenvParser.withoutCarriageReturns(
            scalars.first == "\u{FEFF}" ? scalars.dropFirst() : scalars[...])
    }

    private static func withoutCarriageReturns(_ scalars: Substring.UnicodeScalarView) -> [Unicode.Scalar] {
        var output: [Unicode.Scalar] = []
        output.reserveCapacity(scalars.count)
        var follows = false
        for scalar in scalars {
            if scalar == "\n", follows {
                follows = false
                continue
            }
            follows = scalar == "\r"
            output.append(follows ? "\n" : scalar)
        }
        return output
    }

    /// The statements of a file, in order.
    static func bindings(of text: String) -> [Binding] {
        var parser = DotenvParser(text)
        var bindings: [Binding] = []
        while parser.position < parser.text.count {
            let binding = parser.binding()
            if binding.key != nil || binding.isError { bindings.append(binding) }
        }
        return bindings
    }

    private struct Unreadable: Error {}

    private var next: Unicode.Scalar? { position < text.count ? text[position] : nil }

    // MARK: Statements

    private mutating func binding() -> Binding {
        skip(while: \.isPythonSpace)
        let start = line
        guard next != nil else { return Binding(key: nil, value: nil, line: start) }
        do {
            skipExport()
            let key = try self.key()
            skip(while: \.isPythonBlank)
            var value: String?
            if next == "=" {
                advance()
                skip(while: \.isPythonBlank)
                value = try self.value()
            }
            skipComment()
            try endOfLine()
            return Binding(key: key, value: value, line: start)
        } catch {
            skip { $0 != "\n" }
            if next != nil { advance() }
            return Binding(key: nil, value: nil, line: start, isError: true)
        }
    }

    private mutating func skipExport() {
        let word = Array("export".unicodeScalars)
        guard text[position...].starts(with: word), position + word.count < text.count,
            text[position + word.count].isPythonBlank
        else { return }
        position += word.count
        skip(while: \.isPythonBlank)
    }

    private mutating func key() throws(Unreadable) -> String? {
        switch next {
        case "#":
            return nil
        case "'":
            let start = position + 1
            guard let end = text[start...].firstIndex(of: "'"), end > start else { throw Unreadable() }
            return take(start..<end, andAlso: 1)
        default:
            let end = text[position...].firstIndex { $0 == "=" || $0 == "#" || $0.isPythonSpace } ?? text.count
            guard end > position else { throw Unreadable() }
            return take(position..<end)
        }
    }

    private mutating func value() throws(Unreadable) -> String {
        switch next {
        case nil, "\n":
            return ""
        case "'":
            return DotenvEscapes.decode(try quoted("'"), isDouble: false)
        case "\"":
            return DotenvEscapes.decode(try quoted("\""), isDouble: true)
        default:
            let end = text[position...].firstIndex(of: "\n") ?? text.count
            return DotenvParser.unquoted(take(position..<end))
        }
    }

    /// What is between quotes. A quote after a backslash closes only when no other one does.
    private mutating func quoted(_ quote: Unicode.Scalar) throws(Unreadable) -> String {
        let start = position + 1
        var index = start
        var escaped: Int?
        while index < text.count, text[index] != quote {
            if text[index] == "\\", index + 1 < text.count, text[index + 1] == quote {
                escaped = index + 1
                index += 1
            }
            index += 1
        }
        guard let end = index < text.count ? index : escaped else { throw Unreadable() }
        return take(start..<end, andAlso: 1)
    }

    /// Without a comment, which begins at white space before `#`, and without white space at the end.
    private static func unquoted(_ text: String) -> String {
        var kept: [Unicode.Scalar] = []
        var blanks: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars {
            if scalar.isPythonSpace {
                blanks.append(scalar)
                continue
            }
            if scalar == "#", !blanks.isEmpty { break }
            kept += blanks
            blanks = []
            kept.append(scalar)
        }
        var output = String.UnicodeScalarView()
        output.append(contentsOf: kept)
        return String(output)
    }

    private mutating func skipComment() {
        let start = (position, line)
        skip(while: \.isPythonBlank)
        guard next == "#" else {
            (position, line) = start
            return
        }
        skip { $0 != "\n" }
    }

    private mutating func endOfLine() throws(Unreadable) {
        skip(while: \.isPythonBlank)
        guard let next else { return }
        guard next == "\n" else { throw Unreadable() }
        advance()
    }

    // MARK: Moving

    private mutating func advance() {
        if text[position] == "\n" { line += 1 }
        position += 1
    }

    private mutating func skip(while condition: (Unicode.Scalar) -> Bool) {
        while let next, condition(next) { advance() }
    }

    private mutating func take(_ range: Range<Int>, andAlso more: Int = 0) -> String {
        var output = String.UnicodeScalarView()
        output.append(contentsOf: text[range])
        while position < range.upperBound + more { advance() }
        return String(output)
    }
}

/// What a backslash means between quotes.
enum DotenvEscapes {
    static func decode(_ text: String, isDouble: Bool) -> String {
        guard text.unicodeScalars.contains("\\") else { return text }
        var output = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in text.unicodeScalars {
            guard isEscaped else {
                isEscaped = scalar == "\\"
                if !isEscaped { output.append(scalar) }
                continue
            }
            isEscaped = false
            if let meaning = meaning(of: scalar, isDouble: isDouble) {
                output.append(meaning)
            } else {
                output.append(contentsOf: ["\\", scalar])
            }
        }
        if isEscaped { output.append("\\") }
        return String(output)
    }

    private static func meaning(of scalar: Unicode.Scalar, isDouble: Bool) -> Unicode.Scalar? {
        switch scalar {
        case "\\", "'": scalar
        case "\"" where isDouble: scalar
        case "a" where isDouble: "\u{7}"
        case "b" where isDouble: "\u{8}"
        case "f" where isDouble: "\u{C}"
        case "n" where isDouble: "\n"
        case "r" where isDouble: "\r"
        case "t" where isDouble: "\t"
        case "v" where isDouble: "\u{B}"
        default: nil
        }
    }
}

extension Unicode.Scalar {
    /// White space as Python's `\s` has it.
    var isPythonSpace: Bool {
        switch value {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// The same without line breaks (`[^\S\r\n]`).
    var isPythonBlank: Bool { isPythonSpace && self != "\n" && self != "\r" }
}
