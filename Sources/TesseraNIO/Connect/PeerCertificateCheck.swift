#if NIO
import NIOCore
import NIOSSL
import TesseraCore

/// What is checked about a peer's certificate beside its chain, and what is wrong with it, in words.
struct PeerCertificateCheck: Sendable {
    /// Why there is no TLS.
    struct Problem: Error {
        var kind: TransportFailure.Kind
        var message: String
        var underlying: (any Error)?

        init(_ kind: TransportFailure.Kind, _ message: String, underlying: (any Error)? = nil) {
            self.kind = kind
            self.message = message
            self.underlying = underlying
        }
    }

    var identity: ServerIdentity
    var pins: Set<NIOTransport.CertificatePin>
    /// False only with `insecureAnyCertificate`.
    var checksIdentity: Bool
    var now: @Sendable () -> Timestamp = Runtime.system.wallTime

    /// What is wrong with a certificate whose chain has been verified, or nil.
    func problem(of certificate: NIOSSLCertificate?) -> Problem? {
        guard checksIdentity || !pins.isEmpty else { return nil }
        guard let certificate else { return Problem(.tls, "\(identity) showed no certificate") }
        if checksIdentity {
            let names = AlternativeNames(certificate)
            guard identity.isNamed(dnsNames: names.dnsNames, addresses: names.addresses) else {
                return wrongHost(certificate)
            }
        }
        guard !pins.isEmpty else { return nil }
        guard let pin = try? NIOTransport.CertificatePin(certificate), pins.contains(pin) else {
            return Problem(
                .tls,
                "the key of \(identity) is none of the pinned ones; if it was changed on purpose, add its pin "
                    + "to tls.pins")
        }
        return nil
    }

    /// What an error of the handshake means.
    func problem(_ error: any Error, certificate: NIOSSLCertificate?) -> Problem {
        var problem = explained(error, certificate)
        problem.underlying = error
        return problem
    }

    private func explained(_ error: any Error, _ certificate: NIOSSLCertificate?) -> Problem {
        if let error = error as? NIOSSLExtraError {
            guard error == .failedToValidateHostname || error == .serverHostnameImpossibleToMatch else {
                return Problem(.tls, "TLS with \(identity) failed")
            }
            return certificate.map(wrongHost) ?? Problem(.tls, "the certificate is not for \(identity)")
        }
        guard let error = error as? NIOSSLError else {
            let isLost = error is IOError || error is ChannelError
            return isLost
                ? Problem(.disconnected, "the connection was lost during the TLS handshake")
                : Problem(.tls, "TLS with \(identity) failed")
        }
        guard case .handshakeFailed(let cause) = error else { return Problem(.tls, "TLS with \(identity) failed") }
        return HandshakeError(cause).problem(
            with: identity, untrusted: certificate.flatMap { try? CertificateFacts($0) }, now: now())
    }

    private func wrongHost(_ certificate: NIOSSLCertificate) -> Problem {
        let names = AlternativeNames(certificate)
        let shown = names.dnsNames.prefix(3).map { String(decoding: $0.prefix(64), as: UTF8.self) }
        guard !names.dnsNames.isEmpty || !names.addresses.isEmpty else {
            return Problem(
                .tls,
                "the certificate of \(identity) names no host: it has no subject alternative names, and common names "
                    + "do not count (RFC 9525)")
        }
        let others = names.dnsNames.count + names.addresses.count - shown.count
        let list = shown.joined(separator: ", ") + (others > 0 ? (shown.isEmpty ? "addresses" : " and others") : "")
        return Problem(.tls, "the certificate is for another host: \(identity) was asked, it names \(list)")
    }
}
#endif
