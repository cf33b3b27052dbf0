#if CLI
import HTTPTypes
import Hummingbird
import NIOCore

/// `/echo`: says what arrived; of credentials it says only that they are present.
struct EchoEndpoint: Sendable {
    private static let present = "present"

    func respond(to request: Request, context: DemoRequestContext) async throws -> Response {
        var query: [String: [String]] = [:]
        for (name, value) in QueryItems(request.head).items {
            query[name, default: []].append(CredentialPresence.isCredential(queryItem: name) ? Self.present : value)
        }
        var fields: [String: String] = ["host": request.head.authority ?? ""]
        for field in request.headers {
            let name = field.name.canonicalName
            let value = Self.isSecret(field.name) ? Self.present : field.value
            fields[name] = fields[name].map { "\($0), \(value)" } ?? value
        }
        let length = try await request.body.collect(upTo: BodyLimit.maximum).readableBytes
        return Answer.json(
            Echo(
                method: request.method.rawValue, path: request.uri.path, query: query, headers: fields,
                bodyLength: length))
    }

    private static func isSecret(_ name: HTTPField.Name) -> Bool {
        let text = name.canonicalName
        return CredentialPresence.isCredential(field: name) || text == "dpop"
            || ["token", "secret", "api-key", "apikey"].contains { text.contains($0) }
    }

    private struct Echo: Encodable {
        var method: String
        var path: String
        var query: [String: [String]]
        var headers: [String: String]
        var bodyLength: Int

        enum CodingKeys: String, CodingKey {
            case method, path, query, headers
            case bodyLength = "body_length"
        }
    }
}
#endif
