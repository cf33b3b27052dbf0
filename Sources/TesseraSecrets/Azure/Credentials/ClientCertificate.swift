#if Secrets
import TesseraCore
import TesseraJOSE

/// A token that the client signs itself with the key of a certificate that its application knows (RFC 7523 §2.2).
struct ClientCertificate: AzureAssertion {
    /// Azure's own libraries let theirs live as long.
    private static let lifetime = Duration.seconds(600)

    let name = "client certificate"
    /// A PEM text with the certificate and its RSA key.
    let source: any SecretSource

    func assertion(client: String, endpoint: String) async throws -> Secret {
        let pem = try await source.secret()
        let key = try JWSSigningKey(pem: pem, algorithm: .ps256)
        var header = JWSHeader()
        try header.setThumbprints(ofCertificateIn: pem)
        // One thumbprint names the certificate; SHA-1 is for authorities that know no other.
        header.certificateThumbprint = nil
        let runtime = Runtime.current
        let now = runtime.wallTime()
        return try key.sign(
            JWTClaims(
                issuer: client, subject: client, audience: endpoint, issuedAt: now,
                expiresAt: now.advanced(by: Self.lifetime), id: Self.identifier(runtime)),
            header: header)
    }

    /// 128 random bits: no two assertions are the same.
    private static func identifier(_ runtime: Runtime) -> String {
        [runtime.random(), runtime.random()]
            .map { word in
                let digits = String(word, radix: 16)
                return String(repeating: "0", count: 16 - digits.count) + digits
            }
            .joined()
    }
}
#endif
