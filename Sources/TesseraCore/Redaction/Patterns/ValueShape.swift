/// What the value of a secret's name looks like when it is none.
enum ValueShape {
    /// Whether it is one word of a natural language: small letters, with a capital at most at the beginning, or capitals.
    static func isWord(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
        var small = 0
        var capitals = 0
        for byte in value {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): small += 1
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): capitals += 1
            case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): continue
            default: return false
            }
        }
        // No language has words of 24 letters that logs are full of.
        guard small + capitals < 24 else { return false }
        return capitals == 0 || small == 0 || capitals == 1 && value.first.map { $0 < UInt8(ascii: "a") } == true
    }

    /// Whether something stands there in place of a secret: a tag, stars, a variable, no value at all.
    static func isPlaceholder(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = value.first else { return true }
        if value.count <= 9 {
            let words: [StaticString] = ["null", "none", "nil", "true", "false", "undefined", "(null)", "empty"]
            if words.contains(where: { $0.utf8CodeUnitCount == value.count && value.has($0, at: 0) }) { return true }
        }
        if value.count >= 3, value.allSatisfy({ $0 == first }) { return true }
        // The whole value, so that one secret is not excused by what stands before it in a list.
        if value.has("***", at: 0) || value.has("REDACTED", at: 0) { return value.count <= 16 }
        return isTag(value) || isVariable(value)
    }

    private static func isTag(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
        guard value.last == UInt8(ascii: "]") else { return false }
        return value.count <= 20 && (value.has("[secret:", at: 0) || value.has("[REDACTED", at: 0))
    }

    /// `$NAME`, `${name}`, `$(command)`, `{{name}}`, `<name>`, `%(name)s`, also where the value was cut at the bracket.
    private static func isVariable(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
        if value.count == 1 { return value.has("$", at: 0) || value.has("%", at: 0) }
        let brackets: [(StaticString, StaticString)] = [
            ("${", "}"), ("$(", ")"), ("{{", "}}"), ("<", ">"), ("%(", ")s"), ("%s", ""),
        ]
        let isBracketed = brackets.contains { head, tail in
            value.has(head, at: 0) && value.has(tail, at: value.count - tail.utf8CodeUnitCount)
                && value.count <= 128
        }
        // The bracket at the end may have ended the value.
        let isCut = value.has("${", at: 0) && value.dropFirst(2).allSatisfy(ByteClass.word.contains)
        return isBracketed || isCut || value.has("$", at: 0) && value.dropFirst().allSatisfy(variable.contains)
    }

    private static let variable = ByteClass.upperAlphanumeric.union("_")
}
