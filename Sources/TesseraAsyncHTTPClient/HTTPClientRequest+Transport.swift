#if AsyncHTTPClient
import AsyncHTTPClient
import HTTPTypes
import NIOCore
import NIOHTTP1
import TesseraCore

typealias HTTPResponseHead = HTTPTypes.HTTPResponse

extension HTTPClientRequest {
    /// The request as AsyncHTTPClient takes it. Sealed fields are merged here, at the last line before the wire.
    init(_ request: TransportRequest, stream: HTTPClientRequest.Body?) {
        let head = request.requestHead
        self.init(url: "\(request.origin)\(head.target)")
        method = HTTPMethod(rawValue: head.method.rawValue)
        headers.reserveCapacity(head.fields.count + 2)
        for field in head.fields { headers.add(name: field.name.rawName, value: field.value) }
        for field in request.sealed.exposed { headers.add(name: field.name.rawName, value: field.value) }
        switch request.body {
        case .none: break
        case .bytes(let bytes): body = .bytes(ByteBuffer(bytes: bytes))
        case .stream: body = stream
        }
    }
}

extension HTTPTypes.HTTPResponse {
    /// The head of an answer, within its limits; a name that is no token is an error of the peer and not silently
    /// dropped.
    init(_ response: HTTPClientResponse, limits: ResponseLimits) throws(TransportFailure) {
        guard response.status.code >= 200 else {
            throw TransportFailure(
                .protocolViolation, phase: .head, progress: .sent(bytes: nil),
                message: "the server switched to a protocol that nobody asked for")
        }
        // As in HTTP/2 (RFC 9113 §6.5.2), without its surcharge: names and values.
        let bytes = response.headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        guard response.headers.count <= limits.headerCount, bytes <= limits.headerBytes else {
            throw TransportFailure(
                .limitExceeded, phase: .head, progress: .sent(bytes: nil),
                message: "more header fields than \(limits.headerCount), or \(limits.headerBytes) bytes of them")
        }
        var fields = HTTPFields()
        fields.reserveCapacity(response.headers.count)
        for (name, value) in response.headers {
            guard let name = HTTPField.Name(name) else {
                throw TransportFailure(
                    .protocolViolation, phase: .head, progress: .sent(bytes: nil),
                    message: "the answer holds a header name that is none")
            }
            fields.append(HTTPField(name: name, value: value))
        }
        self.init(status: .init(code: Int(response.status.code)), headerFields: fields)
    }
}

extension TransportRequest {
    /// What is left until the deadline.
    var remaining: Duration { runtime.now().duration(to: deadline) }

    /// Throws when the request is over before it begins. AsyncHTTPClient would learn of it while it sends already.
    func checkItCanStart() throws(TransportFailure) {
        if Task.isCancelled {
            throw TransportFailure(.cancelled, phase: .connect, progress: .nothingSent, message: "cancelled")
        }
        guard remaining > .zero else {
            throw TransportFailure(
                .timeout, phase: .connect, progress: .nothingSent, message: "the deadline has passed already")
        }
    }
}

extension HTTPClient.Configuration.Proxy {
    init(_ proxy: ProxyServer) {
        let host = proxy.origin.host
        let name = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        guard let authorization = proxy.authorization else {
            self = .server(host: name, port: Int(proxy.origin.port))
            return
        }
        let password = authorization.password.withExposedBytes { String(decoding: $0, as: UTF8.self) }
        self = .server(
            host: name, port: Int(proxy.origin.port),
            authorization: .basic(username: authorization.user, password: password))
    }
}
#endif
