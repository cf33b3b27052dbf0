#if NIO
import HTTPTypes
import NIOHTTP1
import TesseraCore

/// The head of an answer with what the transport itself wants to know of it, found in one pass.
struct ReceivedHead {
    var response: HTTPTypes.HTTPResponse
    /// The `Content-Length`, as far as it is a number.
    var announcedLength: Int?
    /// Whether there is a `Content-Encoding`.
    var isEncoded = false

    /// The head within its limits; a name that is no token is an error of the peer and not silently dropped.
    init(
        _ head: HTTPResponseHead, limits: ResponseLimits, names: inout ResponseFieldNames
    ) throws(TransportFailure) {
        let count = head.headers.count
        guard count <= limits.headerCount else { throw HTTPTypes.HTTPResponse.tooMany(limits) }
        var fields = HTTPFields()
        fields.reserveCapacity(count)
        var bytes = 0
        for (name, value) in head.headers {
            // As in HTTP/2 (RFC 9113 §6.5.2), without its surcharge: names and values.
            bytes += name.utf8.count + value.utf8.count
            guard let name = names.name(name, at: fields.count) else {
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
        guard bytes <= limits.headerBytes else { throw HTTPTypes.HTTPResponse.tooMany(limits) }
        response = HTTPTypes.HTTPResponse(
            status: .init(code: Int(head.status.code)), headerFields: fields)
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
