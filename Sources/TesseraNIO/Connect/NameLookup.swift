#if NIO
import NIOCore
import NIOPosix
import TesseraCore

/// Asks the configured sources for a name's addresses.
struct NameLookup: Sendable {
    var dns: NIOTransport.DNS

    /// The addresses, or nil when the system is to be asked.
    func addresses(
        of host: String, port: UInt16, on loop: any EventLoop
    ) -> (found: EventLoopFuture<[SocketAddress]?>, task: Task<Void, Never>?) {
        if let fixed = dns.fixedAddresses(of: host) {
            return (loop.makeCompletedFuture { try NameLookup.parse(fixed, host: host, port: port) }, nil)
        }
        guard let lookup = dns.lookup else { return (loop.makeSucceededFuture(nil), nil) }
        let promise = loop.makePromise(of: [SocketAddress]?.self)
        // Detached: it belongs to a connection, which may outlive the request that asked for it.
        let task = Task.detached {
            do {
                let literals = try await lookup(DNSName.canonical(host))
                promise.succeed(try literals.map { try NameLookup.parse($0, host: host, port: port) })
            } catch {
                promise.fail(error)
            }
        }
        return (promise.futureResult, task)
    }

    /// The address to prefer, by the system where no other source knows the name.
    func firstAddress(
        of host: String, port: UInt16, on loop: any EventLoop
    ) -> (found: EventLoopFuture<IPLiteral>, task: Task<Void, Never>?) {
        let (known, task) = addresses(of: host, port: port, on: loop)
        let found = known.flatMap { addresses -> EventLoopFuture<SocketAddress?> in
            if let addresses { return loop.makeSucceededFuture(addresses.first) }
            // In getaddrinfo's order (RFC 6724), which is the system's business; it may block.
            return NIOThreadPool.singleton.runIfActive(eventLoop: loop) {
                try SocketAddress.makeAddressResolvingHost(host, port: Int(port))
            }
        }
        return (found.flatMapThrowing { try NameLookup.literal($0, host: host) }, task)
    }

    private static func literal(_ address: SocketAddress?, host: String) throws -> IPLiteral {
        guard let literal = address.flatMap({ IPLiteral($0) }) else {
            throw TransportFailure(
                .unreachable, phase: .resolve, progress: .nothingSent, message: "the name \(host) has no address")
        }
        return literal
    }

    private static func parse(_ literals: [String], host: String, port: UInt16) throws -> [SocketAddress] {
        try literals.prefix(NIOTransport.DNS.mostAddresses).map { text in
            guard let literal = IPLiteral(text) else {
                throw TransportFailure(
                    .unreachable, phase: .resolve, progress: .nothingSent,
                    message: "dns.lookup gave something for \(host) that is no IP address")
            }
            return try literal.socketAddress(port: port)
        }
    }
}
#endif
