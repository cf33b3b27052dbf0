#if NIO
import HTTPTypes
import NIOHPACK
import TesseraCore

/// The header block of a request (RFC 9113 §8.3.1).
///
/// Fields come checked (HTTPTypes holds no CR, LF or NUL in them), so what is left to refuse are the target and what the
/// transport itself says.
struct HTTP2RequestHead {
    /// The fields that all requests of a connection with one method share, made once: adding a field checks its name.
    struct Template {
        let method: String
        let mayIndex: Bool
        fileprivate let block: HPACKHeaders
        fileprivate let byteCount: Int

        /// - Parameters:
        ///   - origin: The connection's; every request on it has the same.
        ///   - mayIndex: Whether fields may enter the compression table at all.
        init(method: String, origin: Origin, mayIndex: Bool) {
            self.method = method
            self.mayIndex = mayIndex
            let usual = mayIndex ? HPACKIndexing.indexable : .nonIndexable
            let authority = origin.authority
            let scheme = origin.scheme.rawValue
            var block = HPACKHeaders()
            block.add(name: ":method", value: method, indexing: usual)
            block.add(name: ":scheme", value: scheme, indexing: usual)
            block.add(name: ":authority", value: authority, indexing: usual)
            self.block = block
            byteCount = 32 + method.utf8.count + authority.utf8.count + scheme.utf8.count
        }
    }

    let block: HPACKHeaders
    /// Names and values together.
    let byteCount: Int

    /// - Parameter template: For the request's method.
    /// - Throws: ``TransportFailure`` with `nothingSent` for what cannot be sent.
    init(_ request: borrowing TransportRequest, _ template: borrowing Template) throws(TransportFailure) {
        let head = request.requestHead
        let target = head.target
        guard Self.isPath(target) else { throw Self.refused("the target is not a path in printable ASCII") }
        guard template.method != "CONNECT" else { throw Self.refused("CONNECT is the transport's own business") }
        let sealed = request.sealed.exposed
        var block = template.block
        block.reserveCapacity(5 + head.fields.count + sealed.count)
        var count = template.byteCount + target.utf8.count
        let usual = template.mayIndex ? HPACKIndexing.indexable : .nonIndexable
        // Paths differ, so that they would only drive useful entries out of the table; and some hold secrets.
        block.add(name: ":path", value: target, indexing: .nonIndexable)
        for field in head.fields {
            let name = field.name.canonicalName
            if let refusal = Self.refusal(name, field) { throw Self.refused(refusal) }
            let value = field.value
            count += name.utf8.count + value.utf8.count
            block.add(name: name, value: value, indexing: Self.indexing(of: field, named: name, usual))
        }
        for field in sealed {
            let name = field.name.canonicalName
            let value = field.value
            count += name.utf8.count + value.utf8.count
            // RFC 7541 §7.1.3: an attacker who sees lengths could guess what is in the table; nor may any proxy on the
            // way put it there.
            block.add(name: name, value: value, indexing: .neverIndexed)
        }
        if let length = Self.length(of: request.body, method: head.method) {
            block.add(name: "content-length", value: String(length), indexing: .nonIndexable)
        }
        self.block = block
        byteCount = count
    }

    /// The length that is announced. RFC 9110 §8.6: methods that anticipate a body say that there is none.
    private static func length(of body: OutgoingBody, method: HTTPRequest.Method) -> Int? {
        switch body {
        case .none: method == .post || method == .put || method == .patch ? 0 : nil
        case .bytes(let bytes): bytes.count
        case .stream(let length, _): length
        }
    }

    /// How a field may be compressed: what its maker says, but credentials never (RFC 7541 §7.1.3).
    private static func indexing(of field: HTTPField, named name: String, _ usual: HPACKIndexing) -> HPACKIndexing {
        switch name.utf8.count {
        case 6 where name == "cookie", 13 where name == "authorization", 19 where name == "proxy-authorization":
            return .neverIndexed
        default: break
        }
        switch field.indexingStrategy {
        case .automatic, .prefer: return usual
        case .avoid: return .nonIndexable
        default: return .neverIndexed
        }
    }

    /// Why a field is refused: it is the transport's own business, or means nothing in HTTP/2 (RFC 9113 §8.2.2). Nil for
    /// all others.
    private static func refusal(_ name: String, _ field: HTTPField) -> String? {
        // The lengths of the names tell most of the others apart at once.
        switch name.utf8.count {
        case 4 where name == "host", 14 where name == "content-length", 17 where name == "transfer-encoding",
            10 where name == "connection" || name == "keep-alive", 7 where name == "upgrade",
            16 where name == "proxy-connection", 14 where name == "http2-settings":
            "the field \(name) is set by the transport"
        case 2 where name == "te" && field.value != "trailers": "HTTP/2 knows no other TE than \"trailers\""
        default: nil
        }
    }

    private static func isPath(_ target: String) -> Bool {
        var target = target
        return target.withUTF8 { bytes in
            bytes.first == UInt8(ascii: "/") && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        }
    }

    private static func refused(_ message: String) -> TransportFailure {
        TransportFailure(.unsupported, phase: .write, progress: .nothingSent, message: message)
    }
}
#endif
