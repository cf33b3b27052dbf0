#if Secrets
public import TesseraCore

/// What requests to AWS are signed with.
public struct AWSCredentials: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// Names the key; no secret.
    public let accessKeyID: String
    /// The key.
    public let secretAccessKey: Secret
    /// Goes along with temporary credentials.
    public let sessionToken: Secret?
    /// When temporary credentials end; nil for those that do not.
    public let expiry: Timestamp?

    /// Credentials of the given parts.
    ///
    /// - Throws: ``TesseraCore/TesseraError`` with code ``TesseraCore/TesseraError/Code/malformedCredential`` when a part
    ///   is empty or holds what cannot stand where it is sent.
    public init(
        accessKeyID: String, secretAccessKey: Secret, sessionToken: Secret? = nil, expiry: Timestamp? = nil
    ) throws {
        // It is one of several items of a field (`Credential=ID/scope, …`), so separators are out.
        let isID =
            !accessKeyID.isEmpty && accessKeyID.utf8.count <= 128
            && accessKeyID.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"/,=\"".utf8.contains($0) }
        guard isID else {
            throw TesseraError(
                .malformedCredential, "the AWS access key ID is empty, too long or holds a character that none has",
                remedy: "check that ID and secret are not mixed up")
        }
        let isText: (Secret) -> Bool = { secret in
            secret.withExposedBytes { !$0.isEmpty && $0.allSatisfy { $0 > 0x20 && $0 < 0x7F } }
        }
        guard isText(secretAccessKey), sessionToken.map(isText) ?? true else {
            throw TesseraError(
                .malformedCredential,
                "the AWS secret access key or session token of \(accessKeyID.prefix(4))… is empty or holds a space or control character",
                remedy: "check how it was stored; a line break at its end is the usual cause")
        }
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiry = expiry
    }

    /// The key's first letters, which tell its kind, and the tags of the secrets.
    public var description: String {
        let token = sessionToken.map { ", \($0)" } ?? ""
        return "AWSCredentials(\(accessKeyID.prefix(4))…, \(secretAccessKey)\(token))"
    }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
#endif
