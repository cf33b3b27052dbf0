public import HTTPTypes
public import TesseraCore

/// A request as it arrived at a ``MockTransport``, credentials included.
public struct MockRequest: Sendable, CustomStringConvertible, CustomReflectable {
    /// The method.
    public let method: HTTPRequest.Method
    /// Where it went.
    public let origin: Origin
    /// The encoded path.
    public let path: String
    /// The encoded query.
    public let query: String?
    /// The header fields, those of the credential included.
    public let headerFields: HTTPFields
    /// The body.
    public let body: [UInt8]
    /// When it arrived.
    public let time: MonotonicInstant

    init(_ request: TransportRequest, body: [UInt8]) {
        method = request.requestHead.method
        origin = request.origin
        let target = request.requestHead.target
        let mark = target.firstIndex(of: "?")
        path = String(target[..<(mark ?? target.endIndex)])
        query = mark.map { String(target[target.index(after: $0)...]) }
        var fields = request.requestHead.fields
        for field in request.sealed.exposed { fields.append(field) }
        headerFields = fields
        self.body = body
        time = request.runtime.now()
    }

    /// Whether the request carried a credential.
    public var isAuthenticated: Bool { headerFields[.authorization] != nil }

    /// The names and values of the query, decoded, in order.
    public var queryItems: [QueryItems.Item] { FormParameters(Array((query ?? "").utf8)).items }

    /// The names and values of a form in the body, decoded, in order.
    public var form: [QueryItems.Item] { FormParameters(body).items }

    /// The JSON document in the body; nil when it is none.
    public var json: JSONValue? { JSONValue(body) }

    /// The body as text.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// Method, origin and path; no field, query or body.
    public var description: String { "\(method.rawValue) \(origin)\(path)" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
