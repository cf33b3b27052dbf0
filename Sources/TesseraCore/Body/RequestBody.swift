/// A request's body, and whether it can be sent a second time.
public struct RequestBody: Sendable {
    enum Kind: Sendable {
        case none
        case bytes([UInt8])
        case encoded(@Sendable (JSONCoding) throws -> [UInt8])
        case form(QueryItems)
        case file(String)
        case stream(length: Int?, isReplayable: Bool, @Sendable (BodyWriter) async throws -> Void)
        case multipart([MultipartPart], boundary: String)
        indirect case reported(RequestBody, @Sendable (TransferProgress) -> Void)
    }

    let kind: Kind
    let contentType: String?

    /// No body.
    public static let none = RequestBody(kind: .none, contentType: nil)

    /// Bytes with their media type.
    public static func bytes(_ bytes: [UInt8], contentType: String = "application/octet-stream") -> RequestBody {
        RequestBody(kind: .bytes(bytes), contentType: contentType)
    }

    /// UTF-8 text.
    public static func text(_ text: String, contentType: String = "text/plain; charset=utf-8") -> RequestBody {
        RequestBody(kind: .bytes(Array(text.utf8)), contentType: contentType)
    }

    /// A value as JSON, encoded once per call with the session's ``JSONCoding``.
    public static func json(_ value: some Encodable & Sendable) -> RequestBody {
        RequestBody(kind: .encoded { try $0.encode(value) }, contentType: "application/json")
    }

    /// Names and values as `application/x-www-form-urlencoded`.
    public static func form(_ items: QueryItems) -> RequestBody {
        RequestBody(kind: .form(items), contentType: "application/x-www-form-urlencoded")
    }

    /// The contents of a file, read anew for each attempt.
    public static func file(_ path: String, contentType: String = "application/octet-stream") -> RequestBody {
        RequestBody(kind: .file(path), contentType: contentType)
    }

    /// A closure that writes the body. It is called once per attempt, so it must write the same each time.
    ///
    /// - Parameter length: The number of bytes it will write, where that is known.
    public static func stream(
        length: Int? = nil, contentType: String = "application/octet-stream",
        _ write: @escaping @Sendable (BodyWriter) async throws -> Void
    ) -> RequestBody {
        RequestBody(kind: .stream(length: length, isReplayable: true, write), contentType: contentType)
    }

    /// A closure that can write the body once only. The call is then never sent again.
    public static func singleUse(
        length: Int? = nil, contentType: String = "application/octet-stream",
        _ write: @escaping @Sendable (BodyWriter) async throws -> Void
    ) -> RequestBody {
        RequestBody(kind: .stream(length: length, isReplayable: false, write), contentType: contentType)
    }

    var isReplayable: Bool {
        switch kind {
        case .stream(_, let isReplayable, _): isReplayable
        case .reported(let body, _): body.isReplayable
        case .none, .bytes, .encoded, .form, .file, .multipart: true
        }
    }

    /// The body as a transport takes it.
    func outgoing(_ json: JSONCoding) throws -> OutgoingBody {
        switch kind {
        case .none: return .none
        case .bytes(let bytes): return .bytes(bytes)
        case .encoded(let encode): return .bytes(try encode(json))
        case .form(let items): return .bytes(items.encodedForm)
        case .stream(let length, _, let write): return .stream(length: length, write: write)
        case .multipart(let parts, let boundary): return try MultipartPart.outgoing(parts, boundary: boundary)
        case .reported(let body, let progress): return try body.outgoing(json).reporting(progress)
        case .file(let path):
            return .stream(length: try RequestBody.size(ofFile: path)) { writer in
                try await Platform.readFile(path) { try await writer.write($0) }
            }
        }
    }

    static func size(ofFile path: String) throws -> Int {
        do {
            return try Platform.fileSize(path)
        } catch {
            throw TesseraError(.encoding, "the file to send cannot be read: \(error.text)")
        }
    }
}
