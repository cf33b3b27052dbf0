#if NIO
import NIOCore
import TesseraCore

/// Everything that is to be done for one connection, decided before the first step: a pure function of its identity.
///
/// The host that was checked against the credential's origins comes in once, in the identity, and all that goes to the
/// socket and to TLS is derived from it here (threat B3).
struct ConnectPlan: Sendable, Equatable {
    enum Destination: Sendable, Equatable {
        case address(IPLiteral, port: UInt16)
        case name(String, port: UInt16)
        case unixSocket(String)
    }

    /// TLS with one peer.
    struct Security: Sendable, Equatable {
        var identity: ServerIdentity
        var context: TLSContexts.Variant
    }

    /// What a proxy is asked for, so that it passes bytes on without reading them.
    enum Tunnel: Sendable, Equatable {
        case connect(ConnectRequest)
        case socks(SOCKSRequest)
    }

    /// `CONNECT` (RFC 9110 §9.3.6).
    struct ConnectRequest: Sendable, Equatable {
        /// In authority-form, always with the port (RFC 9112 §3.2.3).
        var authority: String
        var authorization: ProxyAuthorization?
    }

    /// SOCKS5's CONNECT (RFC 1928 §4).
    struct SOCKSRequest: Sendable, Equatable {
        enum Host: Sendable, Equatable {
            case address(IPLiteral)
            /// To be looked up by the proxy.
            case name(String)
            /// To be looked up here.
            case nameToResolve(String)
        }

        var host: Host
        var port: UInt16
        var authorization: ProxyAuthorization?
    }

    /// Where the socket goes.
    var destination: Destination
    /// How messages call that place.
    var peer: String
    /// Whether that place is a proxy.
    var isProxy = false
    /// Whether the connected address must be this machine's: the origin is exempt from TLS by its name (threat B2).
    var mustBeLoopback = false
    var proxySecurity: Security?
    var tunnel: Tunnel?
    var security: Security?
    /// Whether a proxy reads the requests themselves (RFC 9112 §3.2.2).
    var usesAbsoluteForm = false

    init(_ identity: ConnectionIdentity, unixSocketPath: String? = nil, serverName: String? = nil) {
        let origin = identity.origin
        if let unixSocketPath {
            destination = .unixSocket(unixSocketPath)
            peer = "the Unix socket \(unixSocketPath)"
        } else {
            let asked = identity.proxy?.origin ?? origin
            destination = ConnectPlan.destination(asked)
            peer = "\(asked.host):\(asked.port)"
            if let proxy = identity.proxy {
                isProxy = true
                peer = "the proxy \(peer)"
                if proxy.origin.scheme == .https {
                    let name = ServerIdentity(host: proxy.origin.host)
                    proxySecurity = Security(identity: name, context: .proxy)
                }
                tunnel = ConnectPlan.tunnel(to: origin, through: proxy)
                usesAbsoluteForm = tunnel == nil
            } else {
                mustBeLoopback = origin.isLoopback
            }
        }
        if origin.scheme == .https {
            let name = ServerIdentity(host: serverName ?? origin.host)
            security = Security(identity: name, context: ConnectPlan.context(for: name, destination))
        }
    }

    private static func destination(_ origin: Origin) -> Destination {
        if let literal = IPLiteral(host: origin.host) { return .address(literal, port: origin.port) }
        return .name(origin.host, port: origin.port)
    }

    /// nil where the proxy reads the requests themselves.
    private static func tunnel(to origin: Origin, through proxy: ProxyServer) -> Tunnel? {
        let name: SOCKSRequest.Host
        switch proxy.kind {
        case .http where origin.scheme == .http: return nil
        case .http:
            let authority = "\(origin.host):\(origin.port)"
            return .connect(ConnectRequest(authority: authority, authorization: proxy.authorization))
        case .socks5: name = .nameToResolve(origin.host)
        case .socks5h: name = .name(origin.host)
        }
        let host = IPLiteral(host: origin.host).map { SOCKSRequest.Host.address($0) } ?? name
        return .socks(SOCKSRequest(host: host, port: origin.port, authorization: proxy.authorization))
    }

    /// NIOSSL compares an address with that of the socket, which says something only where the socket goes there.
    private static func context(for name: ServerIdentity, _ destination: Destination) -> TLSContexts.Variant {
        guard case .address(let wanted) = name else { return .origin }
        if case .address(wanted, _) = destination { return .origin }
        return .addressElsewhere
    }

    /// Why a connection to `remote` is not what was planned; nil if it is.
    func refusal(of remote: SocketAddress?) -> String? {
        switch destination {
        case .unixSocket: return nil
        case .address(let wanted, let port):
            let isWanted = remote.flatMap(IPLiteral.init)?.bytes == wanted.bytes && remote?.port == Int(port)
            return isWanted ? nil : "the connection does not go to \(peer)"
        case .name(let name, _):
            guard mustBeLoopback, remote.flatMap(IPLiteral.init)?.isLoopback != true else { return nil }
            return "\(name) leads to an address that is not this machine's; refused, because it needs no TLS"
        }
    }
}
#endif
