#if NIO
import NIOSSL
import TesseraCore

/// What BoringSSL's error stack says about a handshake, as far as users can do something about it.
enum HandshakeError {
    case untrusted
    case notTLS
    case version
    case noCommonParameters
    case clientCertificate
    case ended
    case other(String)

    /// BoringSSL names its errors; NIOSSL hands on nothing but their text.
    init(_ error: BoringSSLError) {
        let stack: NIOBoringSSLErrorStack
        switch error {
        case .sslError(let errors), .unknownError(let errors): stack = errors
        case .zeroReturn, .syscallError:
            self = .ended
            return
        default: stack = []
        }
        if stack.contains(.eofDuringHandshake) || stack.contains(.eofDuringAdditionalCertficiateChainValidation) {
            self = .ended
            return
        }
        let text = stack.prefix(8).map(\.description).joined(separator: " ")
        self = HandshakeError(text: text)
    }

    init(text: String) {
        func says(_ names: String...) -> Bool { names.contains { text.contains($0) } }
        if says("CERTIFICATE_VERIFY_FAILED") {
            self = .untrusted
        } else if says("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST") {
            self = .notTLS
        } else if says("UNSUPPORTED_PROTOCOL", "ALERT_PROTOCOL_VERSION") {
            self = .version
        } else if says("CERTIFICATE_REQUIRED", "ALERT_BAD_CERTIFICATE", "ALERT_UNKNOWN_CA", "CERTIFICATE_EXPIRED") {
            self = .clientCertificate
        } else if says("ALERT_HANDSHAKE_FAILURE", "INSUFFICIENT_SECURITY", "NO_SHARED_CIPHER") {
            self = .noCommonParameters
        } else {
            self = .other(HandshakeError.name(in: text))
        }
    }

    /// The error's own name, such as `DECODE_ERROR`: upper-case words of the library, never text of the peer.
    private static func name(in text: String) -> String {
        let words = text.utf8.split { byte in
            switch byte {
            case 0x41...0x5A, 0x30...0x39, 0x5F: false
            default: true
            }
        }
        return words.first { $0.contains(0x5F) }.map { String(Substring($0).prefix(60)) } ?? ""
    }

    /// What to tell; `untrusted` is what is known of a certificate that was not believed.
    func problem(
        with identity: ServerIdentity, untrusted facts: CertificateFacts?, now: Timestamp
    ) -> PeerCertificateCheck.Problem {
        switch self {
        case .untrusted:
            let reason = facts.map { $0.reason(now: now) } ?? "it could not be verified"
            return .init(.tls, "the certificate of \(identity) is not trusted: \(reason)")
        case .notTLS:
            return .init(.tls, "\(identity) does not speak TLS there; check the scheme and the port")
        case .version:
            return .init(.tls, "\(identity) speaks no version of TLS that is allowed; see tls.minimumVersion")
        case .clientCertificate:
            return .init(.tls, "\(identity) did not accept this client's certificate; see tls.clientCertificate")
        case .noCommonParameters:
            return .init(
                .tls,
                "\(identity) refused the handshake: no common cipher, or it wants a client certificate "
                    + "(tls.clientCertificate)")
        case .ended:
            return .init(.disconnected, "\(identity) ended the connection during the TLS handshake")
        case .other(let name):
            return .init(.tls, "the TLS handshake with \(identity) failed" + (name.isEmpty ? "" : " (\(name))"))
        }
    }
}
#endif
