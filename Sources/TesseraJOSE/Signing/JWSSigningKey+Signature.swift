#if OAuth
import Crypto
import CryptoExtras

extension JWSSigningKey {
    /// The signature of `input` as RFC 7518 §3 and RFC 8037 §3.1 lay it out.
    func signature(of input: [UInt8]) throws -> [UInt8] {
        switch key {
        case .rsa(let key): try JWSSigningKey.signature(of: input, key, algorithm)
        // RFC 7518 §3.4: R and S side by side, each as long as the curve's order; not the ASN.1 of X.509.
        case .p256(let key): Array(try key.signature(for: SHA256.hash(data: input)).rawRepresentation)
        case .p384(let key): Array(try key.signature(for: SHA384.hash(data: input)).rawRepresentation)
        case .p521(let key): Array(try key.signature(for: SHA512.hash(data: input)).rawRepresentation)
        case .ed25519(let key): Array(try key.signature(for: input))
        }
    }

    private static func signature(
        of input: [UInt8], _ key: _RSA.Signing.PrivateKey, _ algorithm: JWSAlgorithm
    ) throws -> [UInt8] {
        // RFC 7518 §3.5: the salt is as long as the hash, which is what swift-crypto's PSS does.
        let padding: _RSA.Signing.Padding =
            switch algorithm {
            case .ps256, .ps384, .ps512: .PSS
            default: .insecurePKCS1v1_5
            }
        let signature =
            switch algorithm {
            case .rs384, .ps384: try key.signature(for: SHA384.hash(data: input), padding: padding)
            case .rs512, .ps512: try key.signature(for: SHA512.hash(data: input), padding: padding)
            default: try key.signature(for: SHA256.hash(data: input), padding: padding)
            }
        return Array(signature.rawRepresentation)
    }
}
#endif
