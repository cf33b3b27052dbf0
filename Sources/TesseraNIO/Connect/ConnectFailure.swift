#if NIO
import NIOCore
import NIOPosix
import TesseraCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Why there is no connection, as a ``TransportFailure``: nothing was sent in any case.
struct ConnectFailure {
    /// How messages call the place that was tried.
    var peer: String
    var isProxy: Bool

    init(_ plan: ConnectPlan) {
        peer = plan.peer
        isProxy = plan.isProxy
    }

    /// What an error of resolving or connecting means.
    func failure(_ error: any Error, phase: TransportFailure.Phase) -> TransportFailure {
        if let failure = error as? TransportFailure { return failure }
        let kind: TransportFailure.Kind = isProxy ? .proxy : .unreachable
        guard let error = error as? NIOConnectionError else {
            let message =
                phase == .resolve
                ? "the name of \(peer) could not be resolved"
                : "no connection to \(peer): \(ConnectFailure.text(error))"
            return make(kind, phase, message, error)
        }
        guard let first = error.connectionErrors.first else {
            return make(kind, .resolve, "the name of \(peer) could not be resolved", error)
        }
        let reasons = Set(error.connectionErrors.prefix(8).map { ConnectFailure.text($0.error) }).sorted()
        let message = "no connection to \(peer): \(reasons.joined(separator: "; "))"
        return make(kind, .connect, message, first.error)
    }

    /// What it means that time is up.
    func timeout(phase: TransportFailure.Phase) -> TransportFailure {
        let message =
            switch phase {
            case .resolve: "the name of \(peer) was not resolved in time"
            case .proxy: "\(peer) did not answer in time"
            case .tls: "the TLS handshake did not end in time"
            default: "no connection to \(peer) in time"
            }
        return make(.timeout, phase, message)
    }

    func make(
        _ kind: TransportFailure.Kind, _ phase: TransportFailure.Phase, _ message: String,
        _ underlying: (any Error)? = nil
    ) -> TransportFailure {
        TransportFailure(kind, phase: phase, progress: .nothingSent, message: message, underlying: underlying)
    }

    private static func text(_ error: any Error) -> String {
        if let error = error as? ChannelError, case .connectTimeout = error { return "no answer in time" }
        guard let error = error as? IOError else { return "the connection was closed" }
        return switch error.errnoCode {
        case ECONNREFUSED: "connection refused"
        case ETIMEDOUT: "no answer"
        case ECONNRESET: "connection reset"
        case EHOSTUNREACH: "no route to the host"
        case ENETUNREACH: "no route to the network"
        case EADDRNOTAVAIL: "no address to connect from"
        case ENOENT: "there is no such socket"
        case EACCES, EPERM: "no permission"
        case EMFILE, ENFILE: "too many open files"
        default: "error \(error.errnoCode) of the system"
        }
    }
}
#endif
