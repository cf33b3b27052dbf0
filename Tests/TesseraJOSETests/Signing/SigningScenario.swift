#if OAuth
import Crypto
import CryptoExtras
import TesseraCore
import TesseraJOSE

/// Keys made for one test, in each form that files hold them in, and the other side's view of a token.
enum SigningScenario {
    static let rsa = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    static func pem(for algorithm: JWSAlgorithm) throws -> Secret {
        switch algorithm {
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: Secret(try rsa.get().pkcs8PEMRepresentation)
        case .es256: Secret(P256.Signing.PrivateKey().pemRepresentation)
        case .es384: Secret(P384.Signing.PrivateKey().pemRepresentation)
        case .es512: Secret(P521.Signing.PrivateKey().pemRepresentation)
        case .edDSA: Secret(Curve25519.Signing.PrivateKey().pemRepresentation)
        }
    }

    static func text(_ secret: Secret) -> String {
        secret.withExposedBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// The three parts of a compact JWS, decoded; nil when a part is no strict base64url.
    static func parts(_ token: Secret) -> (input: [UInt8], header: String, payload: [UInt8], signature: [UInt8])? {
        let parts = text(token).split(separator: ".", omittingEmptySubsequences: false)
        let decoded = parts.compactMap { Base64.decode($0.utf8, alphabet: .urlSafe) }
        guard parts.count == 3, decoded.count == 3 else { return nil }
        return (
            Array("\(parts[0]).\(parts[1])".utf8), String(decoding: decoded[0], as: UTF8.self), decoded[1], decoded[2]
        )
    }

    /// Whether swift-crypto's public key, read from what the signing key publishes, accepts the signature.
    static func accepts(_ signature: [UInt8], of input: [UInt8], by key: JWSSigningKey) throws -> Bool {
        let pem = key.publicKeyPEM
        switch key.algorithm {
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512:
            let key256 = try _RSA.Signing.PublicKey(pemRepresentation: pem)
            let value = _RSA.Signing.RSASignature(rawRepresentation: signature)
            let padding: _RSA.Signing.Padding = key.algorithm.rawValue.hasPrefix("PS") ? .PSS : .insecurePKCS1v1_5
            switch key.algorithm.rawValue.suffix(3) {
            case "256": return key256.isValidSignature(value, for: SHA256.hash(data: input), padding: padding)
            case "384": return key256.isValidSignature(value, for: SHA384.hash(data: input), padding: padding)
            default: return key256.isValidSignature(value, for: SHA512.hash(data: input), padding: padding)
            }
        case .es256:
            let signature = try P256.Signing.ECDSASignature(rawRepresentation: signature)
            return try P256.Signing.PublicKey(pemRepresentation: pem).isValidSignature(
                signature, for: SHA256.hash(data: input))
        case .es384:
            let signature = try P384.Signing.ECDSASignature(rawRepresentation: signature)
            return try P384.Signing.PublicKey(pemRepresentation: pem).isValidSignature(
                signature, for: SHA384.hash(data: input))
        case .es512:
            let signature = try P521.Signing.ECDSASignature(rawRepresentation: signature)
            return try P521.Signing.PublicKey(pemRepresentation: pem).isValidSignature(
                signature, for: SHA512.hash(data: input))
        case .edDSA:
            return try Curve25519.Signing.PublicKey(pemRepresentation: pem).isValidSignature(signature, for: input)
        }
    }
}
#endif
