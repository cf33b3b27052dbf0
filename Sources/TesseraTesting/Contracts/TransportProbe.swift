import HTTPTypes
import Synchronization
import TesseraCore

/// How far a check expects a failed request to have got.
enum ExpectedProgress {
    case nothingSent
    case sent

    func admits(_ progress: TransportFailure.Progress) -> Bool {
        switch (self, progress) {
        case (.nothingSent, .nothingSent), (.sent, .sent): true
        default: false
        }
    }
}

extension RawServer {
    /// A request to this server.
    func request(
        _ target: String = "/", method: HTTPRequest.Method = .get, fields: [HTTPField] = [],
        sealed: SealedFields = .none, body: OutgoingBody = .none, within deadline: Duration = .seconds(10),
        limits: ResponseLimits = ResponseLimits()
    ) -> TransportRequest {
        .contract(
            origin, target, method: method, fields: fields, sealed: sealed, body: body, within: deadline,
            limits: limits)
    }
}

extension TransportRequest {
    static func contract(
        _ origin: Origin, _ target: String = "/", method: HTTPRequest.Method = .get, fields: [HTTPField] = [],
        sealed: SealedFields = .none, body: OutgoingBody = .none, within deadline: Duration = .seconds(10),
        limits: ResponseLimits = ResponseLimits()
    ) -> TransportRequest {
        var head = HTTPRequest(
            method: method, scheme: origin.scheme.rawValue, authority: origin.authority, path: target)
        for field in fields { head.headerFields.append(field) }
        let runtime = Runtime.system
        return TransportRequest(
            origin: origin, head: head, sealed: sealed, body: body,
            deadline: runtime.now().advanced(by: deadline), limits: limits, runtime: runtime)
    }
}

/// An answer of 200 with a length.
func ok(_ body: String = "ok", _ fields: String = "") -> String {
    "HTTP/1.1 200 OK\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
}

/// A script that gives every request the same answer.
func answering(_ answer: String) -> @Sendable (RawConnection) throws -> Void {
    { connection in
        while try connection.readRequest() != nil { try connection.write(answer) }
    }
}

/// A script that gives the first connection bytes of its own, and further ones `ok()`.
func answeringFirst(
    with first: @escaping @Sendable (RawConnection) throws -> Void
) -> @Sendable (RawConnection) throws -> Void {
    { connection in
        while try connection.readRequest() != nil {
            guard connection.number > 0 else { return try first(connection) }
            try connection.write(ok())
        }
    }
}

extension TransportReply {
    var text: String { String(decoding: body, as: UTF8.self) }
}

/// Runs an operation that must fail in one of the given ways.
@discardableResult
func requireFailure(
    _ kinds: [TransportFailure.Kind], phase phases: Set<TransportFailure.Phase>? = nil,
    progress: ExpectedProgress? = nil, of operation: () async throws -> some Any
) async throws -> TransportFailure {
    let expected =
        "\(kinds.map(\.rawValue).joined(separator: " or "))"
        + (phases.map { ", phase \($0.map(\.rawValue).sorted().joined(separator: " or "))" } ?? "")
        + (progress.map { ", progress \($0)" } ?? "")
    let failure: TransportFailure
    do {
        let result = try await operation()
        let seen = (result as? TransportReply).map { "\($0.head.status.code) with \($0.body.count) bytes" }
        throw ContractViolation(expected: expected, seen: "an answer: \(seen ?? String("\(result)".prefix(80)))")
    } catch let thrown as TransportFailure {
        failure = thrown
    }
    let isExpected =
        kinds.contains(failure.kind) && (phases?.contains(failure.phase) ?? true)
        && (progress?.admits(failure.progress) ?? true)
    try require(
        isExpected, expected,
        saw: "\(failure.kind.rawValue), phase \(failure.phase.rawValue), progress \(failure.progress): "
            + failure.message)
    return failure
}

/// Runs an operation that must end within the given times, with room for a busy machine.
@discardableResult
func requireEnd<Result>(
    between shortest: Duration = .zero, and longest: Duration, of operation: () async throws -> Result
) async throws -> Result {
    let start = ContinuousClock.now
    let result = try await operation()
    let taken = ContinuousClock.now - start
    try require(taken >= shortest && taken <= longest, "an end after \(shortest) to \(longest)", saw: "\(taken)")
    return result
}

/// A counter that several tasks share.
final class Tally: Sendable {
    private let state = Mutex(0)
    var count: Int { state.withLock { $0 } }
    func add(_ amount: Int = 1) { state.withLock { $0 += amount } }
}
