#if OAuth
import Synchronization
import TesseraCore
import TesseraJOSE

/// What a client signs, and the key as it was read last.
final class ClientAssertion: Sendable {
    /// RFC 7523 §2.2.
    static let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    private struct Signer {
        let pem: Secret
        let key: JWSSigningKey
        let header: JWSHeader
    }

    let options: ClientAssertionOptions
    private let algorithm: JWSAlgorithm
    private let signer = Mutex<Signer?>(nil)

    init(_ algorithm: JWSAlgorithm, _ options: ClientAssertionOptions) {
        self.algorithm = algorithm
        self.options = options
    }

    /// An assertion for one request (RFC 7523 §3): no other has its `jti`.
    func sign(with pem: Secret, client: OAuthClient, runtime: Runtime) throws -> Secret {
        let signer = try signer(pem)
        let now = runtime.wallTime()
        let lifetime = min(max(options.lifetime, .seconds(1)), .seconds(3600))
        let claims = JWTClaims(
            issuer: client.id, subject: client.id, audience: audience(client), issuedAt: now,
            expiresAt: now.advanced(by: lifetime), id: ClientAssertion.identifier(runtime))
        return try signer.key.sign(claims, header: signer.header)
    }

    private func audience(_ client: OAuthClient) -> String {
        switch options.audience {
        case .issuer: client.endpoint.issuer
        case .url(let url): url
        }
    }

    private func signer(_ pem: Secret) throws -> Signer {
        if let signer = signer.withLock({ $0 }), signer.pem == pem { return signer }
        var header = options.header
        if options.namesCertificate { try header.setThumbprints(ofCertificateIn: pem) }
        let new = Signer(pem: pem, key: try JWSSigningKey(pem: pem, algorithm: algorithm), header: header)
        signer.withLock { $0 = new }
        return new
    }

    /// 128 random bits: servers remember it for as long as the assertion is good.
    private static func identifier(_ runtime: Runtime) -> String {
        [runtime.random(), runtime.random()].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: max(0, 16 - digits.count)) + digits
        }.joined()
    }
}
#endif
