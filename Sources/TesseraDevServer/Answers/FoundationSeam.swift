#if CLI
// The one file of this module that imports Foundation, and the one that knows the C library.
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// JSON text (RFC 8259).
enum JSON {
    /// The text with sorted keys, on one line; empty when the value has no JSON form.
    static func encode(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(value)).map { Array($0) } ?? []
    }

    /// The value, or `nil` when the text is no JSON or not of that shape.
    static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) -> Value? {
        try? JSONDecoder().decode(type, from: Data(bytes))
    }
}

/// The wall clock, for people and for headers; expiry is never decided by it.
enum WallClock {
    /// Now as ISO 8601 in UTC with milliseconds.
    static var timestamp: String {
        Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// Now in whole seconds since 1970.
    static var secondsSince1970: Int { Int(exactly: Date().timeIntervalSince1970.rounded(.down)) ?? 0 }
}

/// Standard error, written to in one call a line so that lines of several threads do not mix.
enum StandardError {
    static func write(line: String) {
        let bytes = Array((line + "\n").utf8)
        bytes.withUnsafeBytes { buffer in
            #if canImport(Glibc)
            _ = Glibc.write(STDERR_FILENO, buffer.baseAddress, buffer.count)
            #elseif canImport(Musl)
            _ = Musl.write(STDERR_FILENO, buffer.baseAddress, buffer.count)
            #elseif canImport(Darwin)
            _ = Darwin.write(STDERR_FILENO, buffer.baseAddress, buffer.count)
            #endif
        }
    }
}
#endif
