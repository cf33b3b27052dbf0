#if NIO
import CZlib
import TesseraCore
import Testing

@testable import TesseraNIO

@Suite struct ContentDecoderTests {
    /// Packs with zlib's own compressor: `windowBits` 31 is gzip, 15 zlib, -15 raw deflate.
    private func packed(_ bytes: [UInt8], windowBits: Int32) -> [UInt8] {
        var stream = z_stream()
        deflateInit2_(
            &stream, 9, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        var input = bytes
        let output = [UInt8](unsafeUninitializedCapacity: bytes.count + 1024) { space, count in
            input.withUnsafeMutableBufferPointer { bytes in
                stream.next_in = bytes.baseAddress
                stream.avail_in = UInt32(bytes.count)
                stream.next_out = space.baseAddress
                stream.avail_out = UInt32(space.count)
                deflate(&stream, Z_FINISH)
            }
            count = space.count - Int(stream.avail_out)
        }
        deflateEnd(&stream)
        return output
    }

    private func decoded(_ bytes: [UInt8], _ coding: [String], pieces: Int = 1) throws -> [UInt8] {
        let decoder = try #require(try ContentDecoder(coding))
        var output: [UInt8] = []
        let length = max(1, bytes.count / pieces)
        for start in stride(from: 0, to: bytes.count, by: length) {
            var input = bytes[start..<min(start + length, bytes.count)]
            while let piece = try decoder.decode(&input) { output += piece }
        }
        try decoder.finish()
        return output
    }

    private let text = Array(String(repeating: "Tessera, the token that admits its bearer. ", count: 5000).utf8)

    @Test(arguments: [("gzip", 31), ("x-gzip", 31), ("GZIP", 31), ("deflate", 15), ("deflate", -15)], [1, 7, 1000])
    func `what was packed comes out`(coding: (name: String, windowBits: Int32), pieces: Int) throws {
        let bytes = packed(text, windowBits: coding.windowBits)
        #expect(try decoded(bytes, [coding.name], pieces: pieces) == text)
    }

    @Test func `a body that ends with a full step comes out whole`() throws {
        // Cause: decoding stopped with the input, though the last match reached over the end of a step.
        for length in [65_535, 65_536, 65_537, 131_072, 131_073] {
            let zeros = [UInt8](repeating: 0, count: length)
            #expect(try decoded(packed(zeros, windowBits: -15), ["deflate"]) == zeros)
        }
    }

    @Test func `two gzip members in a row are one body`() throws {
        let bytes = packed(Array("one".utf8), windowBits: 31) + packed(Array("two".utf8), windowBits: 31)
        #expect(try decoded(bytes, ["gzip"]) == Array("onetwo".utf8))
    }

    @Test(arguments: [[], ["identity"], ["br"], ["zstd"], [""]])
    func `codings that were not asked for are left alone`(coding: [String]) throws {
        #expect(try ContentDecoder(coding) == nil)
    }

    @Test(arguments: [["gzip, gzip"], ["gzip", "deflate"], ["br, gzip"]])
    func `stacked codings are refused`(coding: [String]) throws {
        #expect(throws: TransportFailure.self) { _ = try ContentDecoder(coding) }
    }

    @Test func `bytes that are no gzip are a violation`() throws {
        let failure = #expect(throws: TransportFailure.self) { _ = try decoded(Array("no gzip at all".utf8), ["gzip"]) }
        #expect(failure?.kind == .protocolViolation)
    }

    @Test func `a body that ends in the middle is a disconnection`() throws {
        let bytes = packed(text, windowBits: 31)
        let failure = #expect(throws: TransportFailure.self) { _ = try decoded(Array(bytes.dropLast(9)), ["gzip"]) }
        #expect(failure?.kind == .disconnected)
    }

    @Test func `garbage after the end is a violation`() throws {
        let bytes = packed(text, windowBits: 31) + Array("garbage".utf8)
        #expect(throws: TransportFailure.self) { _ = try decoded(bytes, ["gzip"]) }
    }

    @Test func `a bomb comes out in steps of bounded size`() throws {
        let bomb = packed([UInt8](repeating: 0, count: 10_000_000), windowBits: 31)
        let decoder = try #require(try ContentDecoder(["gzip"]))
        var input = bomb[...]
        let first = try #require(try decoder.decode(&input))
        #expect(bomb.count < 20_000 && first.count <= 65_536)
    }
}
#endif
