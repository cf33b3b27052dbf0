#if NIO
import HTTPTypes
import NIOHPACK
import TesseraCore

/// The header block of an answer, informational or final (RFC 9113 §8.3.2), within the limits of its request.
struct HTTP2ResponseHead {
    let status: Int
    let response: HTTPResponse
    /// The announced length of the body.
    let contentLength: Int?
    private let bytes: Int

    /// - Throws: ``TransportFailure`` for a block that breaks RFC 9113 §8.2 and §8.3 or a limit. NIOHTTP2's own checks are
    ///   switched off, so that all of them are made here.
    init(
        _ block: HPACKHeaders, limits: ResponseLimits, last: inout RepeatedHead<HTTP2ResponseHead>
    ) throws(TransportFailure) {
        // The status is no field.
        guard block.count - 1 <= limits.headerCount else { throw HTTPResponse.tooMany(limits) }
        if let same = Self.repeated(block, last) {
            guard same.bytes <= limits.headerBytes else { throw HTTPResponse.tooMany(limits) }
            self = same
            return
        }
        var status: Int?
        var contentLength: Int?
        var fields = HTTPFields()
        fields.reserveCapacity(block.count)
        var bytes = 0
        for (name, value, _) in block {
            if name.utf8.first == UInt8(ascii: ":") {
                guard name == ":status", status == nil, fields.isEmpty, let code = Self.code(value) else {
                    throw Self.malformed("the answer's pseudo fields are not one valid :status")
                }
                status = code
                continue
            }
            bytes += name.utf8.count + value.utf8.count
            guard bytes <= limits.headerBytes else { throw HTTPResponse.tooMany(limits) }
            let parsed = last.note(name, value, at: fields.count) { HTTPField.Name(parsed: $0) }
            fields.append(try Self.field(parsed, name, value))
            guard name.utf8.count == 14, name == "content-length" else { continue }
            guard let length = Self.length(value), contentLength == nil || contentLength == length else {
                throw Self.malformed("the answer's Content-Length is not one number")
            }
            contentLength = length
        }
        guard let status else { throw Self.malformed("the answer has no :status") }
        self.status = status
        response = HTTPResponse(status: .init(code: status), headerFields: fields)
        self.contentLength = contentLength
        self.bytes = bytes
        last.keep(self, of: status, fields, bytes: bytes)
    }

    private static func repeated(_ block: HPACKHeaders, _ last: RepeatedHead<HTTP2ResponseHead>) -> HTTP2ResponseHead? {
        var fields = block.makeIterator()
        guard let first = fields.next(), first.name == ":status", let status = code(first.value) else { return nil }
        return last.head(
            of: status, count: block.count - 1, IteratorSequence(fields).lazy.map { ($0.name, $0.value) })
    }

    /// Checks trailers, which are not delivered.
    static func check(trailers block: HPACKHeaders, limits: ResponseLimits) throws(TransportFailure) {
        guard block.count <= limits.headerCount else { throw HTTPResponse.tooMany(limits) }
        var bytes = 0
        for (name, value, _) in block {
            guard name.utf8.first != UInt8(ascii: ":") else { throw malformed("the trailers hold a pseudo field") }
            bytes += name.utf8.count + value.utf8.count
            guard bytes <= limits.headerBytes else { throw HTTPResponse.tooMany(limits) }
            _ = try field(HTTPField.Name(parsed: name), name, value)
        }
    }

    /// - Parameter parsed: `name`, if it is one; `parsed` refuses upper case, as RFC 9113 §8.2.1 wants.
    private static func field(
        _ parsed: HTTPField.Name?, _ name: String, _ value: String
    ) throws(TransportFailure) -> HTTPField {
        guard let parsed else {
            throw malformed("the answer holds a header name that is none")
        }
        let field = HTTPField(name: parsed, value: value)
        // HTTPField repairs CR, LF, NUL and blanks at the ends; a value that it had to repair is refused.
        guard field.value == value else { throw malformed("the answer holds a header value that is none") }
        switch name.utf8.count {
        case 10 where name == "connection" || name == "keep-alive", 17 where name == "transfer-encoding",
            7 where name == "upgrade", 16 where name == "proxy-connection":
            throw malformed("the answer holds the field \(name), which HTTP/2 forbids")
        default: return field
        }
    }

    private static func length(_ value: String) -> Int? {
        // `Int` alone takes a sign as well.
        guard value.utf8.first.map({ $0 >= 0x30 && $0 <= 0x39 }) == true else { return nil }
        return Int(value)
    }

    /// Three digits, the first of them 1 to 5 or, as RFC 9110 §15 tolerates it, above.
    private static func code(_ value: String) -> Int? {
        guard value.utf8.count == 3, value.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let code = Int(value),
            code >= 100
        else { return nil }
        return code
    }

    private static func malformed(_ message: String) -> TransportFailure {
        TransportFailure(.protocolViolation, phase: .head, progress: .sent(bytes: nil), message: message)
    }
}
#endif
