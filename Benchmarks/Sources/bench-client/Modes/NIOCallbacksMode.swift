import BareNIO
import BenchSupport

/// HTTP/1.1, callbacks on the event loop.
struct NIOCallbacksMode: Mode {
    static let name = "nio-callbacks"

    private let lanes: Lanes<HTTP1Connection>

    init(_ plan: Plan) throws { lanes = try Lanes(http1: plan) }
    func run(_ requests: Int) throws -> Int { try lanes.runWithCallbacks(requests) }
    func shutdown() throws { try lanes.shutdown() }
}
