#if NIO
import HTTPTypes
import NIOHTTP1
import TesseraCore

/// The head of an answer with what the transport itself wants to know of it, found in one pass.
struct ReceivedHead {
    var response: HTTPTypes.HTTPResponse
    let status: Int
    /// The `Content-Length`, as far as it is a number.
    var announcedLength: Int?
    /// Whether there is a `Content-Encoding`.
    var isEncoded = false
    /// The bytes of names and values, as in HTTP/2 (RFC 9113 §6.5.2), without its surcharge.
    private var bytes = 0

    /// The head within its limits; a name that is no token is an error of the peer and not silently dropped.
    init(
        _ head: HTTPResponseHead, limits: ResponseLimits, last: inout RepeatedHead<ReceivedHead>
    ) throws(TransportFailure) {
        let count = head.headers.count
        guard count <= limits.headerCount else { throw HTTPTypes.HTTPResponse.tooMany(limits) }
        if let same = last.head(of: Int(head.status.code), count: count, head.headers) {
            self = same
        } else {
            self = try ReceivedHead(head, last: &last)
        }
        guard bytes <= limits.headerBytes else { throw HTTPTypes.HTTPResponse.tooMany(limits) }
    }

    private init(_ head: HTTPResponseHead, last: inout RepeatedHead<ReceivedHead>) throws(TransportFailure) {
        status = Int(head.status.code)
        response = HTTPTypes.HTTPResponse(status: .init(code: status))
        var fields = HTTPFields()
        fields.reserveCapacity(head.headers.count)
        for (name, value) in head.headers {
            bytes += name.utf8.count + value.utf8.count
            guard let name = last.note(name, value, at: fields.count) else {
                throw TransportFailure(
                    .protocolViolation, phase: .head, progress: .sent(bytes: nil),
                    message: "the answer holds a header name that is none")
            }
            switch name.rawName.utf8.count {
            case 14 where name == .contentLength: announcedLength = Int(value)
            case 16 where name == .contentEncoding: isEncoded = true
            case 17 where name == .transferEncoding && value.lowercased() != "chunked":
                // A coding that is not understood cannot be undone, and where the body ends is anybody's guess
                // (RFC 9112 §6.1).
                throw TransportFailure(
                    .protocolViolation, phase: .head, progress: .sent(bytes: nil),
                    message: "the answer's transfer encoding is not chunked")
            default: break
            }
            fields.append(HTTPField(name: name, value: value))
        }
        response.headerFields = fields
        last.keep(self, of: status, fields, bytes: bytes)
    }
}

extension HTTPTypes.HTTPResponse {
    static func tooMany(_ limits: ResponseLimits) -> TransportFailure {
        TransportFailure(
            .limitExceeded, phase: .head, progress: .sent(bytes: nil),
            message: "more header fields than \(limits.headerCount), or \(limits.headerBytes) bytes of them")
    }
}
#endif
