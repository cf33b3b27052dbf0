#if NIO && Secrets
import TesseraCore
import TesseraSecrets

/// `--method token|approle|wrapped|jwt|kubernetes`; `VAULT_ADDR`, `VAULT_NAMESPACE` and the credential in
/// `TESSERA_PROBE_CREDENTIAL`.
enum VaultProbe {
    static func manager(_ options: ProbeOptions, _ transport: any Transport) throws -> any SecretManager {
        let credential = EnvironmentSecretSource("TESSERA_PROBE_CREDENTIAL")
        let auth: VaultAuthentication =
            switch try options.required("method") {
            case "token": .token(credential)
            case "approle": .appRole(roleID: "billing", secretID: credential)
            case "wrapped": .appRole(roleID: "billing", wrappedSecretID: credential)
            case "jwt": .jwt(role: "billing", token: credential)
            case "kubernetes": .kubernetes(role: "billing", token: credential)
            case let method: throw ProbeFailure("--method \(method)?")
            }
        return try VaultKV.fromEnvironment(mount: options["mount"] ?? "secret", auth: auth, transport: transport)
    }
}
#endif
