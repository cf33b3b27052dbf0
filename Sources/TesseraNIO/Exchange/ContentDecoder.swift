#if NIO
import CZlib
import TesseraCore

/// Undoes gzip and deflate (RFC 9110 §8.4.1) in steps of bounded size.
///
/// Not Sendable and not copied: it lives with the answer, on the event loop.
final class ContentDecoder {
    /// The most that one step yields, so that limits are checked before memory is used.
    private static let step = 65_536

    /// zlib keeps a pointer to the stream, so that it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var isAtEnd = false
    /// Raw deflate is tried once where zlib's wrapper is missing (RFC 9110 §8.4.1.2 tells of such servers).
    private var mayBeRaw: Bool
    /// The first byte of what may be raw, until a second one tells: zlib's wrapper is two bytes long.
    private var firstByte: UInt8?

    /// A decoder for the codings of an answer; nil when there are none that it knows.
    ///
    /// - Throws: For several codings in a row: an honest server has no reason for them, a bomb has.
    init?(_ fields: [String]) throws(TransportFailure) {
        var codings: [Substring] = []
        for field in fields {
            for part in field.utf8.split(separator: UInt8(ascii: ",")).prefix(8) {
                let name = Substring(part).lowercased().filter { $0 != " " && $0 != "\t" }
                if name != "identity", !name.isEmpty { codings.append(Substring(name)) }
            }
        }
        guard let coding = codings.first else { return nil }
        guard codings.count == 1 else {
            throw TransportFailure(
                .unsupported, phase: .head, progress: .sent(bytes: nil),
                message: "the answer is encoded several times over")
        }
        let windowBits: Int32
        switch coding {
        case "gzip", "x-gzip": windowBits = 15 + 16
        case "deflate": windowBits = 15
        default: return nil
        }
        mayBeRaw = coding == "deflate"
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard inflateInit2_(stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            stream.deinitialize(count: 1)
            stream.deallocate()
            throw ContentDecoder.failure("the answer cannot be decompressed: no memory")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Decodes a part of `input` and removes it from there; nil when nothing more comes of it.
    func decode(_ input: inout ArraySlice<UInt8>) throws(TransportFailure) -> [UInt8]? {
        guard !isAtEnd else {
            guard !input.isEmpty else { return nil }
            // A gzip stream may be followed by another one (RFC 1952 §2.2); bytes that are none are refused by inflate.
            guard inflateReset(stream) == Z_OK else { throw broken }
            isAtEnd = false
            return try decode(&input)
        }
        if mayBeRaw, stream.pointee.total_in == 0 {
            guard let known = firstByte.map({ [$0] + Array(input) }) ?? (input.isEmpty ? nil : Array(input)) else {
                return nil
            }
            guard known.count > 1 else {
                firstByte = known.first
                input = []
                return nil
            }
            firstByte = nil
            input = known[...]
        }
        var result = Z_OK
        var consumed = 0
        let output = [UInt8](unsafeUninitializedCapacity: ContentDecoder.step) { space, count in
            input.withUnsafeBufferPointer { bytes in
                // zlib does not write to its input; the cast is what its old signature wants.
                stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
                stream.pointee.avail_in = UInt32(clamping: bytes.count)
                stream.pointee.next_out = space.baseAddress
                stream.pointee.avail_out = UInt32(clamping: space.count)
                result = inflate(stream, Z_NO_FLUSH)
                consumed = min(bytes.count, Int(UInt32.max)) - Int(stream.pointee.avail_in)
                stream.pointee.next_in = nil
            }
            count = ContentDecoder.step - Int(stream.pointee.avail_out)
        }
        if result == Z_DATA_ERROR, mayBeRaw, stream.pointee.total_out == 0 {
            mayBeRaw = false
            guard inflateReset2(stream, -15) == Z_OK else { throw broken }
            return try decode(&input)
        }
        input = input.dropFirst(consumed)
        switch result {
        case Z_STREAM_END: isAtEnd = true
        case Z_OK: break
        // No progress without more input.
        case Z_BUF_ERROR: return output.isEmpty ? nil : output
        default: throw broken
        }
        return output
    }

    /// The body has ended.
    ///
    /// - Throws: When the coding has not; an answer without a body is whole.
    func finish() throws(TransportFailure) {
        guard !isAtEnd, stream.pointee.total_in > 0 || firstByte != nil else { return }
        throw TransportFailure(
            .disconnected, phase: .body, progress: .sent(bytes: nil),
            message: "the compressed answer ends in the middle")
    }

    private var broken: TransportFailure {
        ContentDecoder.failure("the answer is not compressed as it says")
    }

    private static func failure(_ message: String) -> TransportFailure {
        TransportFailure(.protocolViolation, phase: .body, progress: .sent(bytes: nil), message: message)
    }
}
#endif
