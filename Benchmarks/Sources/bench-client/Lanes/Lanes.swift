import BareNIO
import BenchSupport
import NIOCore
import NIOPosix

/// `concurrency` lanes on one event loop; each makes its requests one after the other.
struct Lanes<Connection: BareConnection>: Sendable {
    let group: MultiThreadedEventLoopGroup
    let lanes: [Connection]
    let request: BareRequest

    func shutdown() throws {
        // HTTP/2 lanes share a connection, and closing it twice is harmless.
        for lane in lanes { try lane.close().wait() }
        try group.syncShutdownGracefully()
    }
}

extension Lanes<HTTP1Connection> {
    /// One connection per lane.
    init(http1 plan: Plan) throws {
        guard !plan.target.isSecure else { throw PlanError.needsPlainHTTP }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        self.group = group
        self.request = BareRequest(plan)
        self.lanes = try (0..<plan.concurrency).map { _ in
            try HTTP1Connection.connect(host: plan.target.host, port: plan.target.port, on: group).wait()
        }
    }
}

extension Lanes<HTTP2Connection> {
    /// One connection for all lanes; each has at most one stream open.
    init(http2 plan: Plan) throws {
        guard plan.target.isSecure else { throw PlanError.needsTLS }
        self.group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        self.request = BareRequest(plan)
        let connection = try HTTP2Connection.connect(
            host: plan.target.host,
            port: plan.target.port,
            certificateAuthority: plan.certificateAuthority,
            on: group
        ).wait()
        self.lanes = Array(repeating: connection, count: plan.concurrency)
    }
}

extension BareRequest {
    fileprivate init(_ plan: Plan) {
        self.init(
            scheme: plan.target.scheme,
            authority: plan.target.authority,
            path: plan.target.path,
            bearerToken: plan.bearerToken
        )
    }
}
