/// Parses `WWW-Authenticate` by the grammar of RFC 9110 §11.6.1, in linear time and with bounds.
///
/// A comma separates parameters as well as challenges, and quoted strings may hold commas: splitting at commas, as
/// several clients do, breaks on both. What cannot be parsed ends the list; nothing is guessed.
struct ChallengeParser {
    static let mostChallenges = 16
    static let mostParameters = 32
    static let longestField = 16_384

    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    static func parse(_ fields: some Sequence<String>) -> [Challenge] {
        var challenges: [Challenge] = []
        for field in fields {
            guard field.utf8.count <= longestField else { continue }
            var parser = ChallengeParser(Array(field.utf8))
            while challenges.count < mostChallenges, let challenge = parser.next() { challenges.append(challenge) }
        }
        return challenges
    }

    private mutating func next() -> Challenge? {
        skip { $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: ",") }
        guard let scheme = token() else { return nil }
        var challenge = Challenge(scheme: scheme.lowercased())
        guard peek == 0x20 else {
            if peek != nil, peek != UInt8(ascii: ",") { giveUp() }
            return challenge
        }
        skip { $0 == 0x20 }
        if let token68 = token68() {
            challenge.token68 = token68
            return challenge
        }
        while peek != nil {
            let start = position
            switch parameter() {
            case .parsed(let name, let value):
                guard challenge.parameters.count < ChallengeParser.mostParameters else {
                    giveUp()
                    return challenge
                }
                if challenge.parameters[name] == nil { challenge.parameters[name] = value }
            case .nextScheme:
                position = start
                return challenge
            case .broken:
                giveUp()
                return challenge
            }
            skip { $0 == 0x20 || $0 == 0x09 }
            guard peek == nil || peek == UInt8(ascii: ",") else {
                giveUp()
                return challenge
            }
            skip { $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: ",") }
        }
        return challenge
    }

    /// The rest of a broken field means nothing: a piece of it could pass for another scheme.
    private mutating func giveUp() {
        position = bytes.count
    }

    private enum Parameter {
        case parsed(String, String)
        case nextScheme
        case broken
    }

    private mutating func parameter() -> Parameter {
        guard let name = token() else { return .broken }
        let afterName = position
        skip { $0 == 0x20 || $0 == 0x09 }
        guard peek == UInt8(ascii: "=") else {
            let ends = afterName == bytes.count || bytes[afterName] == 0x20 || bytes[afterName] == UInt8(ascii: ",")
            return ends ? .nextScheme : .broken
        }
        position += 1
        skip { $0 == 0x20 || $0 == 0x09 }
        guard let value = peek == UInt8(ascii: "\"") ? quotedString() : token() else { return .broken }
        return .parsed(name.lowercased(), value)
    }

    /// `token68` is followed by the end or a comma; `name=` of a parameter is not.
    private mutating func token68() -> String? {
        let start = position
        skip {
            $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_")
                || $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/")
        }
        guard position > start else { return nil }
        skip { $0 == UInt8(ascii: "=") }
        let end = position
        skip { $0 == 0x20 || $0 == 0x09 }
        guard peek == nil || peek == UInt8(ascii: ",") else {
            position = start
            return nil
        }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private mutating func quotedString() -> String? {
        var value: [UInt8] = []
        position += 1
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: value, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = peek else { return nil }
                value.append(escaped)
                position += 1
            default: value.append(byte)
            }
        }
        return nil
    }

    private mutating func token() -> String? {
        let start = position
        skip(while: \.isTokenCharacter)
        return position > start ? String(decoding: bytes[start..<position], as: UTF8.self) : nil
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skip(while matches: (UInt8) -> Bool) {
        while position < bytes.count, matches(bytes[position]) { position += 1 }
    }
}
