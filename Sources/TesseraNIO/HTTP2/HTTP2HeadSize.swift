#if NIO
import NIOHPACK

/// Bounds what HPACK makes of a header block, before it is encoded.
///
/// NIOHTTP2 writes a header block as one frame, and a block that is larger than the peer's frames would end the
/// connection: by then it has changed the compression table, so that nothing could be mended.
enum HTTP2HeadSize {
    /// The most bytes that a byte becomes: 30 bits (RFC 7541 Appendix B).
    private static let worst = 4
    /// Representation and two lengths (RFC 7541 §6.2) of a field.
    private static let frame = 9

    /// Whether `block` certainly fits into a frame of `size` bytes.
    ///
    /// - Parameter byteCount: Names and values together.
    static func fits(_ block: HPACKHeaders, byteCount: Int, in size: Int) -> Bool {
        let overhead = block.count * frame
        // Nearly all heads are far below.
        if byteCount * worst + overhead <= size { return true }
        guard byteCount + overhead <= size * worst else { return false }
        var bound = overhead
        for (name, value, _) in block {
            bound += bytes(of: name) + bytes(of: value)
            if bound > size { return false }
        }
        return true
    }

    private static func bytes(of text: String) -> Int {
        var text = text
        return text.withUTF8 { bytes in bytes.reduce(0) { $0 + weight($1) } }
    }

    /// How many bytes a byte becomes at most: one for codes of up to 8 bits, three for those of up to 19.
    private static func weight(_ byte: UInt8) -> Int {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: " "), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "*"), UInt8(ascii: ","), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"),
            UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "="), UInt8(ascii: "_"):
            1
        case 0x20...0x7E: 3
        default: worst
        }
    }
}
#endif
