#if NIO
import NIOHTTP2

/// Frames that no honest implementation writes, byte by byte (RFC 9113 §4.1), with literal fields (RFC 7541 §6.2.2).
enum WireFrame {
    static func headers(_ id: HTTP2StreamID, _ fields: [(String, String)], end: Bool = false) -> [UInt8] {
        frame(kind: 1, flags: end ? 5 : 4, id, block(fields))
    }

    /// One header block in HEADERS and CONTINUATION frames, a field in each.
    static func longHeaders(_ id: HTTP2StreamID, frames: Int, size: Int) -> [UInt8] {
        var bytes = frame(kind: 1, flags: 1, id, block([(":status", "200")]))
        // RFC 7541 §5.1: 127 in seven bits, then seven bits at a time.
        let rest = size - 127
        let length = [0x7F, UInt8(rest & 0x7F) | 0x80, UInt8(rest >> 7 & 0x7F) | 0x80, UInt8(rest >> 14)]
        let field = [0, 1, UInt8(ascii: "x")] + length + [UInt8](repeating: UInt8(ascii: "x"), count: size)
        for number in 1...frames { bytes += frame(kind: 9, flags: number == frames ? 4 : 0, id, field) }
        return bytes
    }

    static func data(_ id: HTTP2StreamID, _ bytes: [UInt8]) -> [UInt8] {
        frame(kind: 0, flags: 1, id, bytes)
    }

    static func padded(_ id: HTTP2StreamID, _ byte: UInt8, padding: UInt8) -> [UInt8] {
        frame(kind: 0, flags: 8, id, [padding, byte] + [UInt8](repeating: 0, count: Int(padding)))
    }

    static func pushPromise(_ id: HTTP2StreamID, promised: UInt8) -> [UInt8] {
        let request = [(":method", "GET"), (":scheme", "http"), (":authority", "a"), (":path", "/")]
        return frame(kind: 5, flags: 4, id, [0, 0, 0, promised] + block(request))
    }

    private static func frame(kind: UInt8, flags: UInt8, _ id: HTTP2StreamID, _ payload: [UInt8]) -> [UInt8] {
        var bytes = bigEndian(payload.count, width: 3)
        bytes += [kind, flags]
        bytes += bigEndian(Int(id), width: 4)
        return bytes + payload
    }

    private static func bigEndian(_ value: Int, width: Int) -> [UInt8] {
        (0..<width).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// Names and values shorter than 127 bytes.
    private static func block(_ fields: [(String, String)]) -> [UInt8] {
        fields.flatMap { name, value -> [UInt8] in
            var bytes: [UInt8] = [0, UInt8(name.utf8.count)]
            bytes += name.utf8
            bytes.append(UInt8(value.utf8.count))
            return bytes + value.utf8
        }
    }
}
#endif
