#if NIO
import NIOCore
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
