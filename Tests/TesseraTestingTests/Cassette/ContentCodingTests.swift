import Foundation
import HTTPTypes
import TesseraCore
import Testing

@testable import TesseraTesting

/// The cassette's own decompressor, against what `gzip` and Python's zlib write.
@Suite struct `Content codings` {
    private func python(_ script: String, _ input: [UInt8]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c", "import sys,zlib,gzip;d=sys.stdin.buffer.read();sys.stdout.buffer.write(\(script))",
        ]
        let (source, sink) = (Pipe(), Pipe())
        process.standardInput = source
        process.standardOutput = sink
        try process.run()
        source.fileHandleForWriting.write(Data(input))
        try source.fileHandleForWriting.close()
        let output = sink.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Array(output)
    }

    static let texts: [[UInt8]] = [
        [], Array("a".utf8), Array(String(repeating: "tessera ", count: 3000).utf8),
        (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 2_654_435_761 >> 13) }, (0..<256).map { UInt8($0) },
    ]

    @Test(
        arguments: texts,
        ["gzip.compress(d,9)", "gzip.compress(d,1)", "gzip.compress(d,0)", "gzip.compress(d[:5])+gzip.compress(d[5:])"])
    func `gzip`(content: [UInt8], script: String) throws {
        let packed = try python(script, content)
        #expect(try ContentCoding.decode(packed, "gzip") == content)
        #expect(try ContentCoding.decode(packed, "identity, x-gzip") == content)
    }

    @Test(arguments: texts) func `deflate, with its frame and without, and on top of gzip`(content: [UInt8]) throws {
        #expect(try ContentCoding.decode(python("zlib.compress(d)", content), "deflate") == content)
        let both = try python("zlib.compress(gzip.compress(d))", content)
        #expect(try ContentCoding.decode(both, "gzip, deflate") == content)
    }

    @Test func `what is cut, turned or endless is refused and does not trap`() throws {
        let packed = try python("gzip.compress(d)", Self.texts[2])
        for length in 0..<packed.count where length > 0 {
            #expect(throws: ContentCoding.Failure.self) {
                try ContentCoding.decode(Array(packed.prefix(length)), "gzip")
            }
        }
        // Any outcome but a trap.
        for index in packed.indices {
            for bit: UInt8 in [1, 16, 128] {
                var wrong = packed
                wrong[index] ^= bit
                _ = try? ContentCoding.decode(wrong, "gzip")
            }
        }
        let bomb = try python("gzip.compress(bytes(100000000))", [])
        #expect(throws: ContentCoding.Failure.malformed) { try ContentCoding.decode(bomb, "gzip") }
        #expect(throws: ContentCoding.Failure.unknown("zstd")) { try ContentCoding.decode(packed, "zstd") }
    }
}
