/// Takes off the codings of a body (RFC 9110 §8.4).
enum ContentCoding {
    /// Why a body cannot be looked into.
    enum Failure: Error, Equatable {
        case unknown(String)
        case malformed
    }

    /// The most that a recorded body may hold.
    static let limit = 67_108_864

    /// The content of a body with the given `Content-Encoding`.
    static func decode(_ bytes: [UInt8], _ codings: String?) throws(Failure) -> [UInt8] {
        let names = (codings ?? "").lowercased().split { $0 == "," || $0 == " " }.filter { $0 != "identity" }
        guard names.count <= 4 else { throw .unknown("more than four codings") }
        var content = bytes
        for name in names.reversed() where !content.isEmpty {
            switch name {
            case "gzip", "x-gzip": content = try gunzip(content)
            case "deflate": content = try unzlib(content)
            default: throw .unknown(String(name.prefix(40)))
            }
        }
        return content
    }

    static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B, 8]) }

    /// RFC 1952, one member after the other.
    static func gunzip(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
        var rest = bytes[...]
        var content: [UInt8] = []
        repeat {
            guard rest.count >= 18, rest.starts(with: [0x1F, 0x8B, 8]) else { throw .malformed }
            let flags = rest[rest.startIndex + 3]
            rest = rest.dropFirst(10)
            if flags & 4 != 0 {
                guard let low = rest.popFirst(), let high = rest.popFirst() else { throw .malformed }
                rest = rest.dropFirst(Int(low) | Int(high) << 8)
            }
            for flag: UInt8 in [8, 16] where flags & flag != 0 { rest = rest.drop { $0 != 0 }.dropFirst() }
            if flags & 2 != 0 { rest = rest.dropFirst(2) }
            guard let decoded = try? Inflate.decode(rest, limit: limit - content.count), decoded.rest.count >= 8
            else { throw .malformed }
            content += decoded.content
            rest = decoded.rest.dropFirst(8)
        } while !rest.isEmpty
        return content
    }

    /// RFC 1950, and the bare deflate that some servers mean by the name.
    private static func unzlib(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
        let body = bytes.starts(with: [0x78]) ? bytes.dropFirst(2) : bytes[...]
        guard let decoded = try? Inflate.decode(body, limit: limit) else { throw .malformed }
        return decoded.content
    }
}
