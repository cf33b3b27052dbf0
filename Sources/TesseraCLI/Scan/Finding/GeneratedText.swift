#if CLI
import TesseraCore

/// Tells what a generator has made from what a programmer has written: names, words, paths.
enum GeneratedText {
    /// What parts several values of one field.
    static let separators = Array(" \t;,&=\"'".utf8)

    /// The shortest value that is taken for a secret because of its name, in bytes.
    static let shortest = 8

    /// What values of programs have in them and tokens have not.
    private static let foreign = Array(" \t\r\n\"'`\\;,".utf8)
    private static let brackets = Array("()[]{}<>".utf8)
    /// What a program or a shell puts a value in place of.
    private static let substitutions = ["${", "$(", "{{", "%(", "<%"].map { (text: String) in Array(text.utf8) }

    private enum Kind {
        case small, capital, digit
    }

    /// Random text goes from letters to digits and from small letters to capitals and back all the time: in 62 characters
    /// at 62 of 100 places, in hexadecimal digits at 47. A name such as `accessTokenValue2` does so at the beginnings of
    /// its words, and has its digits at one place.
    static func isOne(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count >= shortest, !text.contains(where: { foreign.contains($0) }),
            text.firstRange(of: Array("://".utf8)) == nil, !isSubstitution(text)
        else { return false }
        var count = 0
        var changes = 0
        var digitChanges = 0
        var previous: Kind?
        for byte in text {
            guard let kind = kind(of: byte) else { continue }
            count += 1
            if let previous, previous != kind {
                changes += 1
                if previous == .digit || kind == .digit { digitChanges += 1 }
            }
            previous = kind
        }
        // In a long text less of it is chance; a name of as many short words is rare.
        let isMixed = changes > 0 && changes * 100 >= count * (count < 20 ? 45 : 40)
        // Calls and subscripts have brackets, and so have generated passwords.
        let isCode = text.contains { brackets.contains($0) }
        return isCode ? digitChanges >= 2 && isMixed : digitChanges >= 2 || isMixed
    }

    private static func isSubstitution(_ text: ArraySlice<UInt8>) -> Bool {
        text.first == UInt8(ascii: "$") || text.first == UInt8(ascii: "<")
            || substitutions.contains { text.firstRange(of: $0) != nil }
    }

    private static func kind(of byte: UInt8) -> Kind? {
        if byte.isDigit { return .digit }
        guard byte.isASCIILetter else { return nil }
        return byte == byte.lowercased ? .small : .capital
    }
}
#endif
