/// Base64 (RFC 4648 §4 and §5).
package enum Base64 {
    package enum Alphabet {
        case standard, urlSafe

        fileprivate var characters: [UInt8] {
            let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
            return Array((letters + (self == .standard ? "+/" : "-_")).utf8)
        }
    }

    /// The encoding with padding in the standard alphabet, without in the URL-safe one.
    package static func encode(_ bytes: some Collection<UInt8>, alphabet: Alphabet = .standard) -> [UInt8] {
        let table = alphabet.characters
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count + 2) / 3 * 4)
        var pending: UInt32 = 0
        var count = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            count += 1
            guard count == 3 else { continue }
            for shift in [18, 12, 6, 0] as [UInt32] { output.append(table[Int(pending >> shift & 63)]) }
            pending = 0
            count = 0
        }
        guard count > 0 else { return output }
        pending <<= UInt32(8 * (3 - count))
        for shift in ([18, 12, 6] as [UInt32]).prefix(count + 1) { output.append(table[Int(pending >> shift & 63)]) }
        if alphabet == .standard { output += repeatElement(UInt8(ascii: "="), count: 3 - count) }
        return output
    }

    /// The bytes that `text` stands for; nil when it is not the one encoding of them: other characters, line breaks,
    /// wrong or missing padding in the standard alphabet, padding in the URL-safe one, bits that belong to no byte.
    package static func decode(_ text: some Collection<UInt8>, alphabet: Alphabet = .standard) -> [UInt8]? {
        var characters = Array(text)
        if alphabet == .standard {
            guard characters.count.isMultiple(of: 4) else { return nil }
            for _ in 0..<2 where characters.last == UInt8(ascii: "=") { characters.removeLast() }
        }
        guard characters.count % 4 != 1 else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(characters.count / 4 * 3 + 2)
        var pending: UInt32 = 0
        var bits: UInt32 = 0
        for character in characters {
            guard let value = alphabet.value(character) else { return nil }
            pending = (pending << 6 | UInt32(value)) & 0xFFFF
            bits += 6
            guard bits >= 8 else { continue }
            bits -= 8
            output.append(UInt8(truncatingIfNeeded: pending >> bits))
        }
        return pending & (1 << bits - 1) == 0 ? output : nil
    }
}

extension Base64.Alphabet {
    fileprivate func value(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+") where self == .standard, UInt8(ascii: "-") where self == .urlSafe: 62
        case UInt8(ascii: "/") where self == .standard, UInt8(ascii: "_") where self == .urlSafe: 63
        default: nil
        }
    }
}
