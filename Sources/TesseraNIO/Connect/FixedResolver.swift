#if NIO
import NIOCore
import NIOPosix

/// Answers NIO's happy eyeballs (RFC 8305) with addresses that are known already.
struct FixedResolver: Resolver, Sendable {
    var addresses: [SocketAddress]
    var loop: any EventLoop

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        loop.makeSucceededFuture(addresses.filter { $0.protocol == .inet })
    }

    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        loop.makeSucceededFuture(addresses.filter { $0.protocol == .inet6 })
    }

    func cancelQueries() {}
}
#endif
