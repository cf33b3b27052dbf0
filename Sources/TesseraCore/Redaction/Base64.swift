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
}
