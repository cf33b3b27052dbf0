import BareNIO
import BenchSupport

/// HTTP/1.1, one continuation per request, from tasks on the event loop.
struct NIOAwaitLoopMode: Mode {
    static let name = "nio-await-loop"

    private let lanes: Lanes<HTTP1Connection>

    init(_ plan: Plan) throws { lanes = try Lanes(http1: plan) }
    func run(_ requests: Int) throws -> Int { try lanes.runWithAwaitOnLoop(requests) }
    func shutdown() throws { try lanes.shutdown() }
}
