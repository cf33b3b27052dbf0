import HTTPTypes
import TesseraCore

/// An answer of a ``MockTransport``.
///
/// What HTTP cannot carry (a name or value that is none, a status outside 100 to 999) is not repaired: a request that
/// would get it fails, and so does the test that asks for ``MockTransport/problems``.
public struct MockReply: Sendable, CustomStringConvertible, CustomReflectable {
    var status: Int
    var fields: [(name: String, value: String)]
    var chunks: [[UInt8]]
    /// The wait before each chunk.
    var gap = Duration.zero
    /// What ends the body after its last chunk, instead of its end.
    var bodyFailure: TransportFailure?

    /// An answer with a text as its body.
    public init(status: Int = 200, headers: KeyValuePairs<String, String> = [:], body: String = "") {
        self.init(status: status, fields: headers.map { ($0.key, $0.value) }, body: Array(body.utf8))
    }

    /// An answer with bytes as its body.
    public init(status: Int = 200, headers: KeyValuePairs<String, String> = [:], bytes: [UInt8]) {
        self.init(status: status, fields: headers.map { ($0.key, $0.value) }, body: bytes)
    }

    /// An answer with a JSON document as its body.
    public init(status: Int = 200, headers: KeyValuePairs<String, String> = [:], json: JSONValue) {
        self.init(status: status, fields: headers.map { ($0.key, $0.value) }, json: json)
    }

    init(status: Int, fields: [(String, String)], body: [UInt8]) {
        self.status = status
        self.fields = fields.map { (name: $0.0, value: $0.1) }
        // Pieces of the size in which a socket might give them.
        chunks = stride(from: 0, to: body.count, by: 1024).map { Array(body[$0..<min(body.count, $0 + 1024)]) }
    }

    init(status: Int, fields: [(String, String)], json: JSONValue) {
        let hasType = fields.contains { $0.0.lowercased() == "content-type" }
        self.init(
            status: status, fields: fields + (hasType ? [] : [("Content-Type", "application/json")]), body: json.bytes)
    }

    /// The status; no field or body, which may hold a token.
    public var description: String { "MockReply(\(status))" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }

    var body: [UInt8] { chunks.flatMap { $0 } }

    /// What is wrong with the head; nil when HTTP can carry it. swift-http-types would repair a value and trap on a
    /// status.
    var flaw: String? {
        guard (100...999).contains(status) else { return "\(status) is no status" }
        for field in fields {
            guard HTTPField.Name(field.name) != nil else {
                return "\(RequestMismatch.quoted(field.name)) is no name of a header field"
            }
            guard HTTPField.isValidValue(field.value) else {
                return "the value of \(field.name) holds what a header field cannot"
            }
        }
        return nil
    }

    /// The head; nil when it has a flaw.
    var head: HTTPResponse? {
        guard flaw == nil else { return nil }
        var headerFields = HTTPFields()
        for field in fields {
            if let name = HTTPField.Name(field.name) { headerFields.append(HTTPField(name: name, value: field.value)) }
        }
        return HTTPResponse(status: .init(code: status), headerFields: headerFields)
    }
}

/// One prepared answer.
struct MockAnswer: Sendable {
    enum Kind: Sendable {
        case reply(MockReply)
        case failure(TransportFailure)
        case silence
        case computed(@Sendable (MockRequest) async throws -> MockReply)
    }

    var kind: Kind
    var delay: Duration

    var flaw: String? {
        if case .reply(let reply) = kind { reply.flaw } else { nil }
    }
}
