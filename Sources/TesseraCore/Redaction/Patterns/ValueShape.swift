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
        let heads: [StaticString] = ["[secret:", "${", "$(", "{{", "<", "%(", "%s", "{", "$", "REDACTED", "[REDACTED"]
        if heads.contains(where: { value.has($0, at: 0) }) { return true }
        return value.has("***", at: 0)
    }
}
