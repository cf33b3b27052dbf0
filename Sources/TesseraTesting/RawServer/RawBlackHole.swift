public import TesseraCore

/// A loopback port on which a connection is neither accepted nor refused: what a firewall that drops packets, or a
/// machine that is down, looks like to a client.
///
/// The listener's queue is full and nobody takes from it, so that the system lets further connections wait.
public final class RawBlackHole: Sendable {
    /// Where nobody ever answers.
    public let origin: Origin

    private let listener: RawSocket
    private let fillers: [RawSocket]

    /// Opens the port; it is closed with the last reference.
    ///
    /// - Throws: ``RawServerFailure`` where the system completes connections without end.
    public init() throws {
        let (listener, port) = try RawSocket.bound(listens: true, backlog: 0)
        guard let origin = Origin(scheme: .http, host: "127.0.0.1", port: port) else {
            throw RawServerFailure("there is no port \(port)")
        }
        var fillers: [RawSocket] = []
        for _ in 0..<64 {
            let filler = try RawSocket.connecting(port: port)
            fillers.append(filler)
            guard try filler.isConnected(within: .milliseconds(100)) else {
                (self.listener, self.fillers, self.origin) = (listener, fillers, origin)
                return
            }
        }
        throw RawServerFailure("the system's queue for a listener cannot be filled")
    }
}
