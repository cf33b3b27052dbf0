#if OAuth
import Crypto
public import TesseraCore

/// The protected header of a token that is signed here (RFC 7515 §4.1), without `alg`, which the key supplies.
public struct JWSHeader: Sendable {
    /// What the token is (`typ`), for example `JWT`, or `dpop+jwt`; nil to leave it out.
    public var type: String?
    /// Which key signed it (`kid`).
    public var keyID: String?
    /// The SHA-1 thumbprint of the key's certificate in base64url (`x5t`).
    public var certificateThumbprint: String?
    /// The SHA-256 thumbprint of the key's certificate in base64url (`x5t#S256`).
    public var certificateSHA256Thumbprint: String?
    /// Further members, for example `jwk`. They cannot replace `alg` or those above, and must not be `crit` or `b64`.
    public var extra: [String: any Encodable & Sendable]

    /// A header of the given members.
    public init(type: String? = "JWT", keyID: String? = nil, extra: [String: any Encodable & Sendable] = [:]) {
        self.type = type
        self.keyID = keyID
        self.extra = extra
    }

    /// Sets both thumbprints to those of the first certificate in a PEM text, which may hold the key as well.
    ///
    /// - Throws: ``TesseraCore/TesseraError`` with code ``TesseraCore/TesseraError/Code/misconfigured`` when there is
    ///   none.
    public mutating func setThumbprints(ofCertificateIn pem: Secret) throws {
        let certificate = PEMBlock.all(in: pem).first { $0.label == "CERTIFICATE" }
        guard let bytes = certificate?.bytes, !bytes.isEmpty else {
            throw TesseraError(
                .misconfigured, "the text holds no certificate in PEM",
                remedy: "give a block that begins with -----BEGIN CERTIFICATE-----")
        }
        certificateThumbprint = JWSSigningKey.base64URL(Array(Insecure.SHA1.hash(data: bytes)))
        certificateSHA256Thumbprint = JWSSigningKey.base64URL(Array(SHA256.hash(data: bytes)))
    }

    /// The members with `alg`, checked.
    func members(for algorithm: JWSAlgorithm) throws -> JSONMembers {
        var members: [String: any Encodable & Sendable] = ["alg": algorithm.rawValue]
        members["typ"] = type
        members["kid"] = keyID
        members["x5t"] = certificateThumbprint
        members["x5t#S256"] = certificateSHA256Thumbprint
        for (name, value) in extra {
            // RFC 7515 §4.1.11 and RFC 7797: these change how the token must be read, and nothing here does.
            guard members[name] == nil, name != "crit", name != "b64" else {
                throw TesseraError(
                    .misconfigured, "the header's member \(name) cannot be given",
                    remedy: "leave it out of extra, or set the property that stands for it")
            }
            members[name] = value
        }
        return JSONMembers(members)
    }
}
#endif
