#if NIO && Secrets
import HTTPTypes
import TesseraCore
import TesseraOAuth
import TesseraSecrets

/// A process of its own for proofs against botocore and moto. Prints one JSON object a line.
///
/// `sign` signs the requests that stand on standard input, one JSON object a line. `credentials [PROFILE]` and
/// `secret NAME [VERSION]` look as the environment says. `load NAME API SECONDS` calls an API for so long with the tokens of
/// a client that a secret describes.
@main
enum AWSProbe {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch (arguments.first, arguments.count) {
        case ("sign", 1): try SignedLine.signAll()
        case ("credentials", 1...2): try await credentials(arguments.dropFirst().first)
        case ("secret", 2...3): try await secret(SecretReference(arguments[1], version: arguments.dropFirst(2).first))
        case ("load", 4): try await Load(arguments[1], arguments[2], seconds: Int64(arguments[3]) ?? 0).run()
        default: throw TesseraError.make(.misconfigured, "usage: tessera-aws-probe sign|credentials|secret|load …")
        }
    }

    private struct Found: Encodable {
        var accessKeyID: String?
        var secretAccessKey: String?
        var sessionToken: String?
        var expiry: Int64?
        var secret: String?
        var version: String?
        var error: String?
        var code: String?
    }

    private static func credentials(_ profile: String?) async throws {
        let runtime = Runtime.system
        let provider = AWSCredentialProvider(AWSCredentialChain.standard(profile: profile))
        var found = Found()
        do {
            let credentials = try await provider.credentials(
                for: TokenUse(deadline: runtime.now().advanced(by: .seconds(20)), runtime: runtime))
            found.accessKeyID = credentials.accessKeyID
            found.secretAccessKey = text(credentials.secretAccessKey)
            found.sessionToken = credentials.sessionToken.map { text($0) }
            found.expiry = credentials.expiry.map { $0.nanoseconds / 1_000_000_000 }
        } catch let error as TesseraError {
            found.error = "\(error)"
            found.code = error.code.rawValue
        }
        try write(found)
    }

    private static func secret(_ reference: SecretReference) async throws {
        let runtime = Runtime.system
        var found = Found()
        do {
            let value = try await AWSSecretsManager().fetch(
                reference, SecretFetch(deadline: runtime.now().advanced(by: .seconds(20)), runtime: runtime))
            found.secret = text(value.secret)
            found.version = value.version
        } catch let error as TesseraError {
            found.error = "\(error)"
            found.code = error.code.rawValue
        }
        try write(found)
    }

    private static func text(_ secret: Secret) -> String {
        secret.withExposedBytes { String(decoding: $0, as: UTF8.self) }
    }

    static func write(_ value: some Encodable) throws {
        print(String(decoding: try JSONCoding().encode(value), as: UTF8.self))
    }
}
#endif
