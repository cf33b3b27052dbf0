#if CLI
/// An HTTP/1.1 answer taken apart by the test itself.
struct RawAnswer {
    enum Failure: Error {
        case malformed
    }

    var status: Int
    var fields: [(name: String, value: String)]
    /// The bytes behind the head as they came, chunked or cut.
    var body: [UInt8]

    init(_ bytes: [UInt8]) throws {
        let separator = Array("\r\n\r\n".utf8)
        guard
            let end = bytes.indices.first(where: { bytes[$0...].starts(with: separator) }),
            case let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n"),
            let statusLine = lines.first,
            let status = statusLine.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { throw Failure.malformed }
        self.status = status
        fields = lines.dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (line[..<colon].lowercased(), String(line[line.index(after: colon)...].drop { $0 == " " }))
        }
        body = Array(bytes[(end + 4)...])
    }

    /// The first field of that name.
    subscript(name: String) -> String? { fields.first { $0.name == name.lowercased() }?.value }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body without its chunks' frames (RFC 9112 section 7.1).
    var dechunked: String {
        var rest = body[...]
        var content: [UInt8] = []
        while let lineEnd = rest.firstIndex(of: UInt8(ascii: "\r")),
            let size = Int(String(decoding: rest[..<lineEnd], as: UTF8.self), radix: 16), size > 0
        {
            let start = lineEnd + 2
            guard start + size + 2 <= rest.endIndex else { break }
            content.append(contentsOf: rest[start..<start + size])
            rest = rest[(start + size + 2)...]
        }
        return String(decoding: content, as: UTF8.self)
    }
}
#endif
