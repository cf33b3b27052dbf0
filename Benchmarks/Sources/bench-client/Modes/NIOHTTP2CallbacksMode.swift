import BareNIO
import BenchSupport

/// HTTP/2 over TLS, callbacks on the event loop.
struct NIOHTTP2CallbacksMode: Mode {
    static let name = "nio-h2-callbacks"

    private let lanes: Lanes<HTTP2Connection>

    init(_ plan: Plan) throws { lanes = try Lanes(http2: plan) }
    func run(_ requests: Int) throws -> Int { try lanes.runWithCallbacks(requests) }
    func shutdown() throws { try lanes.shutdown() }
}
