import BareNIO
import BenchSupport

/// HTTP/2 over TLS, one continuation per request, from tasks on the event loop.
struct NIOHTTP2AwaitLoopMode: Mode {
    static let name = "nio-h2-await-loop"

    private let lanes: Lanes<HTTP2Connection>

    init(_ plan: Plan) throws { lanes = try Lanes(http2: plan) }
    func run(_ requests: Int) throws -> Int { try lanes.runWithAwaitOnLoop(requests) }
    func shutdown() throws { try lanes.shutdown() }
}
