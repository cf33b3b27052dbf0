import BareNIO
import BenchSupport

/// HTTP/2 over TLS, one continuation per request, from ordinary tasks.
struct NIOHTTP2AwaitMode: Mode {
    static let name = "nio-h2-await"

    private let lanes: Lanes<HTTP2Connection>

    init(_ plan: Plan) throws { lanes = try Lanes(http2: plan) }
    func run(_ requests: Int) throws -> Int { try lanes.runWithAwait(requests) }
    func shutdown() throws { try lanes.shutdown() }
}
