#if CLI
import HTTPTypes
import Hummingbird
import NIOCore

/// The answers all endpoints are made of.
enum Answer {
    /// A JSON answer.
    static func json(
        _ value: some Encodable,
        status: HTTPResponse.Status = .ok,
        fields: HTTPFields = [:]
    ) -> Response {
        bytes(JSON.encode(value), type: "application/json", status: status, fields: fields)
    }

    /// An answer of known bytes.
    static func bytes(
        _ bytes: [UInt8],
        type: String,
        status: HTTPResponse.Status = .ok,
        fields: HTTPFields = [:]
    ) -> Response {
        var fields = fields
        fields[.contentType] = type
        return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// An answer without content. RFC 9110 section 8.6: a 204 has no `Content-Length`.
    static func empty(_ status: HTTPResponse.Status, fields: HTTPFields = [:]) -> Response {
        var response = Response(status: status, headers: fields)
        if status.code == 204 || status.code == 304 { response.headers[.contentLength] = nil }
        return response
    }
}

extension HTTPFields {
    /// Sets a field by its text name; a name outside RFC 9110 section 5.1 is left out.
    mutating func set(_ name: String, to value: String) {
        if let name = HTTPField.Name(name) { self[name] = value }
    }

    /// The first value of the field with that text name.
    func value(of name: String) -> String? {
        HTTPField.Name(name).flatMap { self[values: $0].first }
    }
}
#endif
