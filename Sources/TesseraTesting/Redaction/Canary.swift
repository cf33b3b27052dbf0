public import TesseraCore

/// A secret to look for: put it into a client, then search everything the client puts out.
///
/// ```swift
/// let canary = Canary()
/// let api = try Session("https://api.test", auth: .bearer(canary.secret), transport: server)
/// ...
/// #expect(canary.leak(in: log) == nil)
/// ```
public struct Canary: Sendable {
    /// The secret.
    public let secret: Secret

    /// A canary of 24 random bytes in characters that a header may carry, some of which every encoding changes.
    public init() {
        let alphabet = Array("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789".utf8)
        let random = (0..<24).map { _ in alphabet.randomElement() ?? 0x41 }
        secret = Secret(bytes: Array("cnry/+".utf8) + random + Array("/=".utf8))
    }

    /// A canary of a secret that exists, for example of a token that a server issued.
    public init(_ secret: Secret) {
        self.secret = secret
    }

    /// The encoding in which the canary stands in `text`; nil when it does not.
    public func leak(in text: String) -> SecretEncoding? {
        leak(in: Array(text.utf8))
    }

    /// The encoding in which the canary stands in `bytes`; nil when it does not.
    public func leak(in bytes: [UInt8]) -> SecretEncoding? {
        secret.withExposedBytes { SecretEncoding.first(of: Array($0), in: bytes) }
    }
}
