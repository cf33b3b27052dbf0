import BareNIO
import BenchSupport

/// HTTP/1.1, one continuation per request, from ordinary tasks.
struct NIOAwaitMode: Mode {
    static let name = "nio-await"

    private let lanes: Lanes<HTTP1Connection>

    init(_ plan: Plan) throws { lanes = try Lanes(http1: plan) }
    func run(_ requests: Int) throws -> Int { try lanes.runWithAwait(requests) }
    func shutdown() throws { try lanes.shutdown() }
}
