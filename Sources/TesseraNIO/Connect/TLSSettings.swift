#if NIO
public import TesseraCore

extension NIOTransport {
    /// TLS of all connections of a transport. What is weaker than the default says `insecure` in its name.
    ///
    /// 0-RTT is never used: requests in it can be replayed (RFC 8446 §8).
    public struct TLSSettings: Sendable {
        /// Whose certificates are believed.
        public enum TrustRoots: Sendable {
            /// The system's authorities.
            case system
            /// Only those in a PEM file.
            case pemFile(String)
            /// Only these, as PEM.
            case pem([UInt8])
            /// The system's and those in a PEM file.
            case systemAndPEMFile(String)
            /// The system's and these, as PEM.
            case systemAndPEM([UInt8])
            /// Any certificate of anybody: whoever is on the way can read and change everything. Pins still hold.
            case insecureAnyCertificate
        }

        /// Who this client says it is. Certificates and keys are PEM, the leaf comes first.
        public enum ClientCertificate: Sendable {
            /// Files that are read again when they change, at most every two seconds. Unless new files fit together
            /// the old pair is used further.
            case pemFiles(chain: String, key: String, passphrase: Secret? = nil)
            /// Bytes.
            case pem(chain: [UInt8], key: Secret, passphrase: Secret? = nil)
        }

        /// The oldest version of TLS that is spoken.
        public enum Version: Sendable {
            /// TLS 1.2 (RFC 5246).
            case v12
            /// TLS 1.3 (RFC 8446).
            case v13
        }

        /// Whose certificates are believed, those of `https` proxies included.
        public var trustRoots = TrustRoots.system
        /// The certificate that servers may ask for; proxies never get it.
        public var clientCertificate: ClientCertificate?
        /// If not empty, the server's key must be one of these (in addition to everything else that is checked).
        public var pins: Set<CertificatePin> = []
        /// The oldest version of TLS.
        public var minimumVersion = Version.v12
        /// The name to ask for (SNI, RFC 6066 §3) and to find in the certificate, instead of each origin's host.
        ///
        /// For a transport that talks to one service by an address of its own.
        public var serverName: String?

        /// The settings as they come.
        public init() {}
    }
}

extension NIOTransport.TLSSettings {
    /// Checks what needs no file.
    func validate() throws(TesseraError) {
        guard let serverName else { return }
        guard let origin = Origin(scheme: .https, host: serverName), IPLiteral(host: origin.host) == nil else {
            throw TesseraError(
                .misconfigured, "NIOTransport: tls.serverName is no host name",
                remedy: "give a DNS name in ASCII such as api.example.com")
        }
    }
}
#endif
