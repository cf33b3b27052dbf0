#if OAuth
import Crypto
import CryptoExtras
public import TesseraCore

/// A private key together with the one algorithm that it signs with.
///
/// ```swift
/// let key = try JWSSigningKey(pem: Secret(environment: "SIGNING_KEY"), algorithm: .es256)
/// let token = try key.sign(JWTClaims(issuer: "billing"), header: JWSHeader(type: "JWT", keyID: "2027-01"))
/// ```
///
/// It prints as its algorithm and nothing else.
public struct JWSSigningKey: Sendable, CustomStringConvertible, CustomReflectable {
    enum Key: Sendable {
        case rsa(_RSA.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
        case p521(P521.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
    }

    /// What it signs with; stands as `alg` in the header of each token.
    public let algorithm: JWSAlgorithm
    let key: Key

    /// A key from PEM: PKCS#8 (`PRIVATE KEY`), PKCS#1 (`RSA PRIVATE KEY`) or SEC 1 (`EC PRIVATE KEY`). Certificates in
    /// the same text are passed over.
    ///
    /// - Throws: ``TesseraCore/TesseraError`` with code ``TesseraCore/TesseraError/Code/misconfigured`` when there is not
    ///   exactly one key, when it is encrypted, of another kind than the algorithm needs, or an RSA key below 2048 bits
    ///   (RFC 7518 §3.3).
    public init(pem: Secret, algorithm: JWSAlgorithm) throws {
        let block = try JWSSigningKey.keyBlock(in: pem)
        do {
            key = try JWSSigningKey.read(block.text, algorithm.keyKind)
        } catch {
            // What swift-crypto throws names positions in the key, so it is not carried along.
            throw TesseraError(
                .misconfigured,
                "the private key is not \(algorithm.keyKind.rawValue), which \(algorithm.rawValue) needs",
                remedy: "name the algorithm of the key, or make a new key for it")
        }
        self.algorithm = algorithm
    }

    /// The public key in PEM (`PUBLIC KEY`, RFC 5280 §4.1), to be registered with those who verify.
    public var publicKeyPEM: String {
        switch key {
        case .rsa(let key): key.publicKey.pemRepresentation
        case .p256(let key): key.publicKey.pemRepresentation
        case .p384(let key): key.publicKey.pemRepresentation
        case .p521(let key): key.publicKey.pemRepresentation
        case .ed25519(let key): key.publicKey.pemRepresentation
        }
    }

    /// The name of the algorithm.
    public var description: String { algorithm.rawValue }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }

    private static func keyBlock(in pem: Secret) throws -> PEMBlock {
        let keys = PEMBlock.all(in: pem).filter { $0.label.hasSuffix("PRIVATE KEY") }
        guard let block = keys.first, keys.count == 1 else {
            throw TesseraError(
                .misconfigured,
                keys.isEmpty ? "the text holds no private key in PEM" : "the text holds \(keys.count) private keys",
                remedy: "give one block that begins with -----BEGIN PRIVATE KEY-----, line breaks included")
        }
        guard block.label != "ENCRYPTED PRIVATE KEY", !block.hasHeaders else {
            throw TesseraError(
                .misconfigured, "the private key is encrypted with a passphrase",
                remedy: "keep it in a secret manager without one: openssl pkey -in key.pem -out plain.pem")
        }
        return block
    }

    private static func read(_ pem: String, _ kind: JWSAlgorithm.KeyKind) throws -> Key {
        switch kind {
        case .rsa: return .rsa(try _RSA.Signing.PrivateKey(pemRepresentation: pem))
        case .p256: return .p256(try P256.Signing.PrivateKey(pemRepresentation: pem))
        case .p384: return .p384(try P384.Signing.PrivateKey(pemRepresentation: pem))
        case .p521: return .p521(try P521.Signing.PrivateKey(pemRepresentation: pem))
        case .ed25519:
            let key = try Curve25519.Signing.PrivateKey(pemRepresentation: pem)
            // It reads X25519 keys as well (RFC 8410 §3 gives them another identifier); then it writes another text.
            guard key.pemRepresentation.filter({ !$0.isNewline }) == pem.filter({ !$0.isNewline }) else {
                throw CryptoKitError.incorrectParameterSize
            }
            return .ed25519(key)
        }
    }
}
#endif
