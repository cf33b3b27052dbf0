/// Compressed data made by hand (RFC 1950 to 1952): enough to see whether somebody else decompresses.
enum Deflated {
    /// A deflate stream and the bytes it stands for.
    struct Stream {
        var packed: [UInt8]
        var content: [UInt8]
    }

    /// One block without compression.
    static func stored(_ content: [UInt8]) -> Stream {
        let length = UInt16(truncatingIfNeeded: content.count)
        let sizes = [length, ~length].flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        return Stream(packed: [1] + sizes + content, content: content)
    }

    /// Zeros, 258 of them in 13 bits.
    static func zeros(_ count: Int) -> Stream {
        var bits = BitWriter()
        bits.write(0b1, count: 1)
        bits.write(0b01, count: 2)
        // The literal 0, then "258 bytes from one byte before" as often as it fits, then the rest as literals.
        bits.writeCode(0b0011_0000, count: 8)
        for _ in 0..<((count - 1) / 258) {
            bits.writeCode(0b1100_0101, count: 8)
            bits.writeCode(0, count: 5)
        }
        for _ in 0..<((count - 1) % 258) { bits.writeCode(0b0011_0000, count: 8) }
        bits.writeCode(0, count: 7)
        return Stream(packed: bits.bytes, content: [UInt8](repeating: 0, count: count))
    }

    /// RFC 1952.
    static func gzip(_ stream: Stream) -> [UInt8] {
        var crc = ~UInt32(0)
        for byte in stream.content { crc = crcTable[Int((crc ^ UInt32(byte)) & 0xFF)] ^ (crc >> 8) }
        let trailer = [~crc, UInt32(truncatingIfNeeded: stream.content.count)].flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
        return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255] + stream.packed + trailer
    }

    /// RFC 1950, which is what "deflate" means in HTTP (RFC 9110 §8.4.1.2).
    static func zlib(_ stream: Stream) -> [UInt8] {
        var (low, high) = (UInt32(1), UInt32(0))
        for byte in stream.content {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        let checksum = high << 16 | low
        return [0x78, 0x01] + stream.packed + (0..<4).reversed().map { UInt8(truncatingIfNeeded: checksum >> (8 * $0)) }
    }

    private static let crcTable: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { word, _ in word & 1 == 1 ? 0xEDB8_8320 ^ (word >> 1) : word >> 1 }
    }

    /// Bits from the lowest of each byte upwards.
    private struct BitWriter {
        var bytes: [UInt8] = []
        private var used = 8

        mutating func write(_ value: UInt32, count: Int) {
            for index in 0..<count { append(UInt8((value >> index) & 1)) }
        }

        /// Codes start with their highest bit.
        mutating func writeCode(_ value: UInt32, count: Int) {
            for index in (0..<count).reversed() { append(UInt8((value >> index) & 1)) }
        }

        private mutating func append(_ bit: UInt8) {
            if used == 8 {
                bytes.append(0)
                used = 0
            }
            bytes[bytes.count - 1] |= bit << used
            used += 1
        }
    }
}
