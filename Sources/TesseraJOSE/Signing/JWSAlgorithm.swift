#if OAuth
/// The signature algorithms that tokens are signed with here (RFC 7518 §3.1, RFC 8037 §3.1). None of them shares a key
/// with those who verify.
public enum JWSAlgorithm: String, Sendable, Hashable, Codable, CaseIterable {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    case rs256 = "RS256"
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    case rs384 = "RS384"
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    case rs512 = "RS512"
    /// RSASSA-PSS with SHA-256.
    case ps256 = "PS256"
    /// RSASSA-PSS with SHA-384.
    case ps384 = "PS384"
    /// RSASSA-PSS with SHA-512.
    case ps512 = "PS512"
    /// ECDSA on P-256 with SHA-256.
    case es256 = "ES256"
    /// ECDSA on P-384 with SHA-384.
    case es384 = "ES384"
    /// ECDSA on P-521 with SHA-512.
    case es512 = "ES512"
    /// Ed25519. Ed448 shares the name and is not supported.
    case edDSA = "EdDSA"

    /// The kind of key that an algorithm signs with.
    enum KeyKind: String {
        case rsa = "an RSA key of at least 2048 bits"
        case p256 = "a key on the curve P-256"
        case p384 = "a key on the curve P-384"
        case p521 = "a key on the curve P-521"
        case ed25519 = "an Ed25519 key"
    }

    var keyKind: KeyKind {
        switch self {
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: .rsa
        case .es256: .p256
        case .es384: .p384
        case .es512: .p521
        case .edDSA: .ed25519
        }
    }
}
#endif
