#if NIO
import HTTPTypes
import NIOCore
import TesseraCore

/// Writes the head of a request (RFC 9112 §3), and the body with it if that is small.
///
/// Fields come checked (HTTPTypes holds no CR, LF or NUL in them), so what is left to refuse are the target and what the
/// transport itself says: host and framing.
final class HTTP1RequestWriter: Sendable {
    /// Bodies up to this many bytes go out with the head in one write.
    static let smallBody = 16_384

    private let origin: Origin
    /// What stands before each path: nothing, or the origin for a proxy that reads the request (RFC 9112 §3.2.2).
    private let targetPrefix: String
    /// From the end of the target to the first field; the same for all requests of a connection.
    private let afterTarget: String
    private let proxyAuthorization: String?

    /// - Parameter proxyAuthorization: The value of `Proxy-Authorization` for a proxy that reads the request.
    init(origin: Origin, usesAbsoluteForm: Bool, proxyAuthorization: String?) {
        self.origin = origin
        self.proxyAuthorization = proxyAuthorization
        targetPrefix = usesAbsoluteForm ? origin.description : ""
        afterTarget = " HTTP/1.1\r\nHost: \(origin.authority)\r\n"
    }

    /// Writes the head, and a small body unless that has to wait.
    ///
    /// - Throws: ``TransportFailure`` with `nothingSent` for what cannot be sent.
    func write(
        _ request: TransportRequest, withBody: Bool = true, to buffer: inout ByteBuffer
    ) throws(TransportFailure) {
        // What was checked is what is connected (threat B3).
        guard request.origin == origin else { throw Self.refused("the connection leads to another origin") }
        let target = request.requestHead.target
        guard Self.isTarget(target) else { throw Self.refused("the target is not a path in printable ASCII") }
        // In one go into the room that is there: each write into a buffer of its own costs as much as a field.
        var room = 0
        while true {
            var refusal: String?
            var size = 0
            let written = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { space in
                var bytes = HeadBytes(space)
                refusal = put(request, target, withBody, into: &bytes)
                size = bytes.count
                return refusal == nil && bytes.fit ? size : 0
            }
            if let refusal { throw Self.refused(refusal) }
            guard written == 0 else { return }
            room = size
        }
    }

    /// - Returns: Why the head cannot be sent; nil when it can.
    private func put(
        _ request: TransportRequest, _ target: String, _ withBody: Bool, into bytes: inout HeadBytes
    ) -> String? {
        bytes.put(request.requestHead.method.rawValue)
        bytes.put(ascii: UInt8(ascii: " "))
        bytes.put(targetPrefix)
        bytes.put(target)
        bytes.put(afterTarget)
        for field in request.requestHead.fields {
            if let remedy = Self.framing(field.name) { return remedy }
            Self.put(field, into: &bytes)
        }
        for field in request.sealed.exposed { Self.put(field, into: &bytes) }
        if let proxyAuthorization {
            bytes.put("Proxy-Authorization: ")
            bytes.put(proxyAuthorization)
            bytes.putLineEnd()
        }
        switch request.body {
        case .none:
            // RFC 9110 §8.6: methods that anticipate a body say that there is none.
            let method = request.requestHead.method
            if method == .post || method == .put || method == .patch { bytes.put("Content-Length: 0\r\n") }
        case .bytes(let body): Self.put(length: body.count, into: &bytes)
        case .stream(let length?, _): Self.put(length: length, into: &bytes)
        case .stream(nil, _): bytes.put("Transfer-Encoding: chunked\r\n")
        }
        bytes.putLineEnd()
        if withBody, case .bytes(let body) = request.body, body.count <= Self.smallBody { bytes.put(body) }
        return nil
    }

    private static func put(_ field: HTTPField, into bytes: inout HeadBytes) {
        bytes.put(field.name.rawName)
        bytes.putColon()
        // The bytes as they are: a value need not be UTF-8 (RFC 9110 §5.5).
        field.withUnsafeBytesOfValue { bytes.put($0) }
        bytes.putLineEnd()
    }

    private static func put(length: Int, into bytes: inout HeadBytes) {
        bytes.put("Content-Length: ")
        bytes.put(String(length))
        bytes.putLineEnd()
    }

    private static func isTarget(_ target: String) -> Bool {
        var target = target
        return target.withUTF8 { bytes in
            bytes.first == UInt8(ascii: "/") && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        }
    }

    /// Why a field is the transport's own business; nil for all others.
    static func framing(_ name: HTTPField.Name) -> String? {
        // The lengths of the names tell most of the others apart at once.
        switch name.canonicalName.utf8.count {
        case 4 where name.canonicalName == "host", 10 where name.canonicalName == "connection",
            14 where name.canonicalName == "content-length", 17 where name.canonicalName == "transfer-encoding",
            7 where name.canonicalName == "upgrade", 10 where name.canonicalName == "keep-alive":
            "the field \(name.canonicalName) is set by the transport"
        default: nil
        }
    }

    private static func refused(_ message: String) -> TransportFailure {
        TransportFailure(.unsupported, phase: .write, progress: .nothingSent, message: message)
    }
}
#endif
