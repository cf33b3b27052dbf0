#if NIO
import Foundation
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraNIO

extension TransportRequest {
    static func hostile(
        _ origin: Origin, _ target: String = "/", method: HTTPRequest.Method = .get, fields: [HTTPField] = [],
        sealed: SealedFields = .none, body: OutgoingBody = .none, within deadline: Duration = .seconds(10),
        limits: ResponseLimits = ResponseLimits()
    ) -> TransportRequest {
        var head = HTTPRequest(
            method: method, scheme: origin.scheme.rawValue, authority: origin.authority, path: target)
        for field in fields { head.headerFields.append(field) }
        return TransportRequest(
            origin: origin, head: head, sealed: sealed, body: body,
            deadline: Runtime.system.now().advanced(by: deadline), limits: limits, runtime: .system)
    }
}

extension FrameServer {
    func request(
        _ target: String = "/", method: HTTPRequest.Method = .get, fields: [HTTPField] = [],
        sealed: SealedFields = .none, body: OutgoingBody = .none, within deadline: Duration = .seconds(10),
        limits: ResponseLimits = ResponseLimits()
    ) -> TransportRequest {
        .hostile(
            origin, target, method: method, fields: fields, sealed: sealed, body: body, within: deadline, limits: limits
        )
    }
}

extension TransportReply {
    var text: String { String(decoding: body, as: UTF8.self) }
}

/// How many times longer than usual things may take: a sanitizer's instrumentation is slow.
let patience = max(1, ProcessInfo.processInfo.environment["TESSERA_PATIENCE"].flatMap { Int($0) } ?? 1)

/// Runs what must fail, within a time, and returns its failure.
func failure(
    within limit: Duration = .seconds(4), of operation: () async throws -> some Any,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws -> TransportFailure {
    let start = ContinuousClock.now
    let result: Result<String, any Error>
    do {
        result = .success("\(try await operation())")
    } catch {
        result = .failure(error)
    }
    let taken = ContinuousClock.now - start
    let limit = limit * patience
    #expect(taken <= limit, "an end within \(limit)", sourceLocation: sourceLocation)
    switch result {
    case .success(let answer):
        Issue.record("expected a failure, saw \(answer.prefix(200))", sourceLocation: sourceLocation)
        throw NoFailure()
    case .failure(let error):
        return try #require(error as? TransportFailure, sourceLocation: sourceLocation)
    }
}

struct NoFailure: Error {}

extension NIOTransport {
    static func configured(_ change: (inout Configuration) -> Void) throws -> NIOTransport {
        var configuration = Configuration()
        change(&configuration)
        return try NIOTransport(configuration)
    }
}

extension RawServer {
    static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
}

extension TransportFailure.Progress {
    /// Whether bytes may have arrived.
    var isSent: Bool {
        if case .sent = self { true } else { false }
    }
}

/// Runs a test with a transport that is shut down afterwards, and looks whether it kept anything.
func withTransport<Value>(
    _ transport: NIOTransport, _ body: (NIOTransport) async throws -> Value
) async throws -> Value {
    let result: Result<Value, any Error>
    do {
        result = .success(try await body(transport))
    } catch {
        result = .failure(error)
    }
    await transport.shutdown()
    #expect(transport.connectionCount == 0, "connections after the shutdown")
    return try result.get()
}
#endif
