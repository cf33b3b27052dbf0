import BenchSupport
import HTTPTypes
import TesseraCore
import TesseraNIO

/// Bodies that are read piece by piece.
struct StreamedBodyNIOMode: BodyMode {
    static let name = "body-streamed-nio"
    let calls: BodyCalls
    init(_ plan: Plan) throws { calls = try BodyCalls(plan) }

    static func isWhole(_ calls: BodyCalls) async throws -> Bool {
        try await calls.session.stream(.get, calls.target) { reply in
            var length = 0
            for try await piece in reply.body { length += piece.count }
            return length == calls.bytes
        }
    }
}

/// Bodies that are collected.
struct BufferedBodyNIOMode: BodyMode {
    static let name = "body-buffered-nio"
    let calls: BodyCalls
    init(_ plan: Plan) throws { calls = try BodyCalls(plan) }

    static func isWhole(_ calls: BodyCalls) async throws -> Bool {
        try await calls.session.get(calls.target).body.count == calls.bytes
    }
}

/// Bodies that are sent piece by piece; the server answers when it has read all of one.
struct UploadNIOMode: BodyMode {
    static let name = "upload-nio"
    let calls: BodyCalls
    init(_ plan: Plan) throws { calls = try BodyCalls(plan) }

    static func isWhole(_ calls: BodyCalls) async throws -> Bool {
        let body = RequestBody.stream(length: calls.bytes) { [bytes = calls.bytes] writer in
            let piece = [UInt8](repeating: 0x61, count: min(bytes, 65_536))
            var left = bytes
            while left > 0 {
                try await writer.write(piece[..<min(left, piece.count)])
                left -= min(left, piece.count)
            }
        }
        return try await calls.session.put(calls.target, body).status == .ok
    }
}

/// What is asked for, and of whom.
struct BodyCalls: Sendable {
    let session: Session
    let target: RequestTarget
    let bytes: Int
    let concurrency: Int

    init(_ plan: Plan) throws {
        session = try Session(
            Origin(plan.target.url).description, auth: .bearer(Secret(plan.bearerToken)), transport: NIOTransport(plan)
        ) {
            // A gigabyte takes its time on a busy machine.
            $0.timeouts.attempt = .seconds(300)
            $0.timeouts.total = .seconds(300)
        }
        target = RequestTarget(relative: plan.target.path)
        bytes = plan.bytes
        concurrency = plan.concurrency
    }
}

protocol BodyMode: Mode {
    var calls: BodyCalls { get }

    static func isWhole(_ calls: BodyCalls) async throws -> Bool
}

extension BodyMode {
    func run(_ requests: Int) throws -> Int {
        try waitForTask { [calls] in
            await countBad(of: requests, calls.concurrency) { try await Self.isWhole(calls) }
        }
    }

    func shutdown() throws {
        try waitForTask { [calls] in await calls.session.shutdown() }
    }
}
