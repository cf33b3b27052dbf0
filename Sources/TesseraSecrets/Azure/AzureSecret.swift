#if Secrets
import HTTPTypes
import Tessera
public import TesseraCore

/// A secret of an Azure Key Vault with what the vault knows about it.
public struct AzureSecret: Sendable {
    /// The secret.
    public var value: Secret
    /// The version's name.
    public var version: String?
    /// What its owner says that it is, for example `application/x-pkcs12`.
    public var contentType: String?
    /// From when on it is meant to be used.
    public var activation: Timestamp?
    /// Until when it is meant to be used.
    public var expiry: Timestamp?

    private struct Body: Decodable {
        struct Attributes: Decodable {
            var nbf: Int64?
            var exp: Int64?
        }

        var value: String
        var id: String?
        var contentType: String?
        var attributes: Attributes?
    }

    init(_ response: Session.Response, _ reference: SecretReference) throws {
        guard let body = try? response.json(Body.self) else {
            throw AzureSecret.error("what the vault holds as \(reference) is no secret", "check its URL", response)
        }
        value = Secret(body.value)
        // https://VAULT/secrets/NAME/VERSION
        version = body.id.flatMap { try? AbsoluteURL($0) }.flatMap { url in
            let segments = url.path.split(separator: "/")
            return segments.count == 3 ? String(segments[2]) : nil
        }
        contentType = body.contentType
        activation = body.attributes?.nbf.map { Timestamp(secondsSinceEpoch: $0) }
        expiry = body.attributes?.exp.map { Timestamp(secondsSinceEpoch: $0) }
    }

    /// - Throws: When the secret is not meant to be used now.
    func check(_ reference: SecretReference, at now: Timestamp) throws {
        if let expiry, expiry <= now {
            throw TesseraError(
                .secretUnavailable, "the secret \(reference) has expired",
                remedy: "store a new version; allowsOutdated: gives expired ones out, as Azure does")
        }
        if let activation, activation > now {
            throw TesseraError(
                .secretUnavailable, "the secret \(reference) is not active yet",
                remedy: "wait for its activation; allowsOutdated: gives such ones out, as Azure does")
        }
    }

    private struct Failure: Decodable {
        struct Inner: Decodable { var code: String? }

        struct Body: Decodable {
            var code: String?
            var message: String?
            var innererror: Inner?
        }

        var error: Body
    }

    /// What a 403 or 404 of a vault means.
    static func refusal(_ reference: SecretReference, _ response: Session.Response) -> TesseraError {
        let failure = (try? response.json(Failure.self))?.error
        let words = failure?.message
        if response.status.code == 404 {
            return error("the vault has no secret \(reference)", "check its name and version", response, words)
        }
        switch failure?.innererror?.code {
        case "SecretDisabled":
            return error(
                "the secret \(reference) is disabled", "enable it, or name another version", response, words)
        case "ForbiddenByFirewall":
            return error(
                "the vault's firewall does not let this machine read \(reference)",
                "allow its address or network in the vault's settings", response, words)
        default:
            return error(
                "this identity may not read the secret \(reference)",
                "give it the role Key Vault Secrets User, or get in the vault's access policy", response, words)
        }
    }

    private static func error(
        _ message: String, _ remedy: String, _ response: Session.Response, _ words: String? = nil
    ) -> TesseraError {
        var details = TesseraError.Details()
        details.status = response.status
        details.history = response.history
        details.problem = words.map { Problem(detail: PrintableText.redactedLine($0, limit: 300)) }
        return TesseraError(.secretUnavailable, message, remedy: remedy, details: details)
    }
}
#endif
