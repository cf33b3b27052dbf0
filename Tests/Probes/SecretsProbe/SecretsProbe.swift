import TesseraCore
import TesseraSecrets

#if NIO && Secrets
import TesseraNIO
#endif

/// Reads secrets of a manager that stands on loopback, for proofs that record what arrives there.
///
/// The manager and its settings are arguments, who we are is in the environment; each line of standard input names a
/// secret (`name` or `name version`) and is answered with one line of JSON.
@main
enum SecretsProbe {
    static func main() async throws {
        #if NIO && Secrets
        var arguments = Array(CommandLine.arguments.dropFirst())
        let kind = arguments.isEmpty ? "" : arguments.removeFirst()
        let options = try ProbeOptions(arguments)
        var configuration = NIOTransport.Configuration()
        if let authority = options["ca"] { configuration.tls.trustRoots = .pemFile(authority) }
        let transport = try NIOTransport(configuration)
        switch kind {
        case "vault": try await answer(for: try VaultProbe.manager(options, transport))
        case "azure": try await answer(for: try AzureProbe.manager(options, transport))
        default: throw ProbeFailure("usage: tessera-secrets-probe vault|azure --name value …")
        }
        #else
        throw ProbeFailure("the probe needs the traits NIO and Secrets")
        #endif
    }

    #if NIO && Secrets
    private static func answer(for manager: any SecretManager) async throws {
        let runtime = Runtime.current
        while let line = readLine() {
            let words = line.split(separator: " ").map { String($0) }
            guard let name = words.first else { continue }
            var answer = ProbeAnswer()
            do {
                let value = try await manager.fetch(
                    SecretReference(name, version: words.count > 1 ? words[1] : nil),
                    SecretFetch(deadline: runtime.now().advanced(by: .seconds(20)), runtime: runtime))
                answer.secret = value.secret.withExposedBytes { String(decoding: $0, as: UTF8.self) }
                answer.version = value.version
            } catch let error as TesseraError {
                answer.error = error.code.rawValue
                answer.message = error.message
            }
            try answer.write()
        }
    }
    #endif
}
