import BareNIO
import BenchSupport

/// HTTP/1.1, one continuation per request, from an actor on the event loop.
struct NIOAwaitActorMode: Mode {
    static let name = "nio-await-actor"

    private let lanes: Lanes<HTTP1Connection>

    init(_ plan: Plan) throws { lanes = try Lanes(http1: plan) }
    func run(_ requests: Int) throws -> Int { try lanes.runWithAwaitOnActor(requests) }
    func shutdown() throws { try lanes.shutdown() }
}
