#if NIO && Secrets
import TesseraCore
import TesseraSecrets

/// `--url` of the vault, `--resource`; who we are is in the variables of Azure's own libraries.
enum AzureProbe {
    static func manager(_ options: ProbeOptions, _ transport: any Transport) throws -> any SecretManager {
        try AzureKeyVault(
            try options.required("url"), credential: .fromEnvironment(), resource: options["resource"],
            apiVersion: options["api-version"] ?? "7.4", transport: transport)
    }
}
#endif
