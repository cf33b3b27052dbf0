/// Why a request failed on the wire, in which phase, and how far it got.
public struct TransportFailure: Error, Sendable, CustomStringConvertible {
    /// What kind of failure.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// A time limit was reached.
        case timeout
        /// The name could not be resolved, or nobody answered there.
        case unreachable
        /// The connection ended or was reset.
        case disconnected
        /// TLS failed: certificate, name or protocol.
        case tls
        /// The proxy refused or failed.
        case proxy
        /// The peer broke HTTP.
        case protocolViolation
        /// The peer sent more than a limit allows.
        case limitExceeded
        /// The body's writer threw, or wrote another length than it said.
        case bodyFailed
        /// The task was cancelled.
        case cancelled
        /// The transport was shut down.
        case shutDown
        /// The transport cannot do what was asked.
        case unsupported
        /// A test double was asked for something nobody had prepared.
        case unexpectedRequest
    }

    /// Where on its way the request was.
    public enum Phase: String, Sendable, Hashable, Codable, CaseIterable {
        /// Looking up the name.
        case resolve
        /// Opening the connection.
        case connect
        /// Talking to the proxy.
        case proxy
        /// The TLS handshake.
        case tls
        /// Sending the request.
        case write
        /// Waiting for the head of the answer.
        case head
        /// Reading the body of the answer.
        case body
    }

    /// How far the request got: the only honest source for "may it be sent again?" (invariant 5).
    public enum Progress: Sendable, Hashable, Codable {
        /// No byte of it left this machine.
        case nothingSent
        /// Some or all of it may have arrived; `bytes` where the transport counts them.
        case sent(bytes: Int?)
        /// The peer says that it has not processed it (RFC 9113 §8.7).
        case provablyUnprocessed
    }

    /// What kind of failure.
    public var kind: Kind
    /// Where on its way the request was.
    public var phase: Phase
    /// How far it got.
    public var progress: Progress
    /// One line for people; redacted and made printable.
    public let message: String
    /// The error of the layer below.
    public var underlying: (any Error)?

    /// A failure of the given parts.
    public init(
        _ kind: Kind, phase: Phase, progress: Progress, message: String, underlying: (any Error)? = nil
    ) {
        self.kind = kind
        self.phase = phase
        self.progress = progress
        self.message = PrintableText.redactedLine(message)
        self.underlying = underlying
    }

    /// Kind, phase and message.
    public var description: String {
        "\(kind.rawValue) in phase \(phase.rawValue): \(message)"
    }
}
