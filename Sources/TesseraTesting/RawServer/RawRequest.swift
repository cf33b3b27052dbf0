/// A header field as it stood on the wire.
public struct RawField: Sendable, Hashable, CustomStringConvertible {
    /// The name, in the case in which it came.
    public let name: String
    /// The value, without the blanks around it.
    public let value: String

    /// A field of the given parts.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Name and value.
    public var description: String { "\(name): \(value)" }
}

/// A request as a ``RawServer`` received it, credentials included.
public struct RawRequest: Sendable {
    /// The number of the connection it came on, from 0 in the order of acceptance.
    public let connection: Int
    /// The bytes up to and including the empty line.
    public let head: [UInt8]
    /// The request line without its end.
    public let requestLine: String
    /// The header fields in their order, repeated ones included.
    public let fields: [RawField]
    /// The body as far as it came, without the framing of chunks.
    public internal(set) var body: [UInt8] = []
    /// Whether the body came to its end.
    public internal(set) var isComplete = false

    /// The method.
    public var method: String { part(0) }
    /// The target as it was sent, byte for byte.
    public var target: String { part(1) }
    /// The version, for example `HTTP/1.1`.
    public var version: String { part(2) }

    /// The values of all fields of that name, compared without case.
    public func values(of name: String) -> [String] {
        let name = name.lowercased()
        return fields.filter { $0.name.lowercased() == name }.map(\.value)
    }

    init(connection: Int, head: [UInt8]) throws {
        self.connection = connection
        self.head = head
        // Split by bytes: "\r\n" is one character of a Swift string, and the bytes need not be UTF-8.
        let lines = head.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
        }
        requestLine = lines.first ?? ""
        fields = try lines.dropFirst().filter { !$0.isEmpty }.map { line in
            guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else {
                throw RawServerFailure("the client sent a header line without a colon: \(line)")
            }
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            return RawField(String(line[..<colon]), String(value.reversed().drop { $0 == " " }.reversed()))
        }
    }

    private func part(_ index: Int) -> String {
        let parts = requestLine.split(separator: " ", omittingEmptySubsequences: false)
        return index < parts.count ? String(parts[index]) : ""
    }

    /// How the head says that the body ends.
    var framing: Framing {
        get throws {
            if values(of: "Transfer-Encoding").contains(where: { $0.lowercased() == "chunked" }) { return .chunked }
            guard let length = values(of: "Content-Length").first else { return .length(0) }
            guard let count = Int(length), count >= 0 else {
                throw RawServerFailure("the client sent Content-Length: \(length)")
            }
            return .length(count)
        }
    }

    enum Framing {
        case length(Int)
        case chunked
    }
}

/// A request that is none, or one beyond the server's bounds.
public struct RawServerFailure: Error, Sendable, CustomStringConvertible {
    /// What happened.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
