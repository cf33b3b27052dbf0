import HTTPTypes
import TesseraCore
import TesseraTesting

/// A request as a session would hand it to a transport.
func makeRequest(
    _ method: HTTPRequest.Method = .get, _ url: String = "https://api.test/x", headers: [String: String] = [:],
    body: OutgoingBody = .none, sealed: SealedFields = .none, deadline: Duration = .seconds(30)
) throws -> TransportRequest {
    let url = try AbsoluteURL(url)
    var head = HTTPRequest(
        method: method, scheme: url.origin.scheme.rawValue, authority: url.origin.authority, path: url.requestTarget)
    for (name, value) in headers { if let name = HTTPField.Name(name) { head.headerFields[name] = value } }
    return TransportRequest(
        origin: url.origin, head: head, sealed: sealed, body: body,
        deadline: Runtime.current.now().advanced(by: deadline))
}

extension Secret {
    var exposed: String { withExposedBytes { String(decoding: $0, as: UTF8.self) } }
}
