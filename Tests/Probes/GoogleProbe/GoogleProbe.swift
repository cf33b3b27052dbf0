import TesseraCore
import TesseraJOSE
import TesseraSecrets

/// What the proof of Google's part runs.
///
/// - `sign KEYFILE ALGORITHM COUNT`: prints so many signed tokens, one a line.
/// - `access CREDENTIALS ENDPOINT NAME [TRUSTED…]`: prints `value` and a secret, or `error` and why there is none.
///   CREDENTIALS is a file, `metadata` or `default`.
@main
enum GoogleProbe {
    static func main() async {
        let words = Array(CommandLine.arguments.dropFirst())
        do {
            switch words.first {
            case "sign" where words.count == 4: try await sign(words[1], words[2], Int(words[3]) ?? 0)
            case "access" where words.count >= 4:
                await access(words[1], words[2], words[3], trusting: Array(words.dropFirst(4)))
            default: print("usage: sign KEYFILE ALGORITHM COUNT | access CREDENTIALS ENDPOINT NAME [TRUSTED…]")
            }
        } catch {
            print("error \(error)")
        }
    }

    private static func sign(_ path: String, _ algorithm: String, _ count: Int) async throws {
        let pem = try await FileSecretSource(path).secret()
        guard let algorithm = JWSAlgorithm(rawValue: algorithm) else { return print("error no such algorithm") }
        let key = try JWSSigningKey(pem: pem, algorithm: algorithm)
        var header = JWSHeader(keyID: "key \"1\"/ü")
        header.extra = ["nested": ["a": 1, "b": 2]]
        for number in 0..<count {
            let claims = JWTClaims(
                issuer: "issuer", audience: "https://a.example/x", issuedAt: Runtime.current.wallTime(),
                id: "\(number)",
                extra: ["text": String(repeating: "\u{e4}\"\\\n", count: number % 7)])
            let token = try key.sign(claims, header: header)
            print(token.withExposedBytes { String(decoding: $0, as: UTF8.self) })
        }
    }

    private static func access(_ source: String, _ endpoint: String, _ name: String, trusting: [String]) async {
        let credentials: GoogleCredentials =
            switch source {
            case "metadata": .metadataServer(trustedEndpoints: trusting)
            case "default": .applicationDefault(trustedEndpoints: trusting)
            default: .json(.file(source), trustedEndpoints: trusting)
            }
        do {
            let manager = try GoogleSecretManager(project: "proof", credentials: credentials, endpoint: endpoint)
            let runtime = Runtime.current
            let fetch = SecretFetch(deadline: runtime.now().advanced(by: .seconds(20)), runtime: runtime)
            let value = try await manager.fetch(SecretReference(name), fetch)
            print("value", value.secret.withExposedBytes { String(decoding: $0, as: UTF8.self) })
        } catch {
            print("error \(error)")
        }
    }
}
