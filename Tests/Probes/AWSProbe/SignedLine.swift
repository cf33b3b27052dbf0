#if NIO && Secrets
import HTTPTypes
import TesseraCore
import TesseraSecrets

/// A request to be signed.
struct SignedLine: Decodable {
    var method: String
    var authority: String
    var target: String
    var fields: [[String]]
    var body: String
    var service: String
    var region: String
    var id: String
    var secret: String
    var token: String?
    var time: Int64

    private struct Answer: Encodable {
        var fields: [String: String]
    }

    static func signAll() throws {
        while let line = readLine() {
            let request = try JSONCoding().decode(SignedLine.self, from: Array(line.utf8))
            try AWSProbe.write(Answer(fields: try request.signed()))
        }
    }

    /// The fields that a signature adds.
    private func signed() throws -> [String: String] {
        guard let method = HTTPRequest.Method(method) else { throw TesseraError.make(.misconfigured, "no method") }
        var head = HTTPRequest(method: method, scheme: "https", authority: authority, path: target)
        for field in fields {
            guard let name = field.first.flatMap({ HTTPField.Name($0) }), field.count == 2 else {
                throw TesseraError.make(.invalidHeader, "no field")
            }
            head.headerFields.append(HTTPField(name: name, value: field[1]))
        }
        let credentials = try AWSCredentials(
            accessKeyID: id, secretAccessKey: Secret(secret), sessionToken: token.map { Secret($0) })
        let credential = try AWSSignatureV4(service: service, region: region).credential(
            for: head, body: body.isEmpty ? .none : .bytes(Array(body.utf8)), with: credentials,
            at: Timestamp(secondsSinceEpoch: time))
        return credential.fields.exposed.reduce(into: [:]) { $0[$1.name.canonicalName] = $1.value }
    }
}
#endif
