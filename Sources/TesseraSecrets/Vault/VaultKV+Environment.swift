#if Secrets
public import TesseraCore
public import TesseraOAuth

extension VaultKV {
    /// The secrets of one engine, with the settings of Vault's own command line: `VAULT_ADDR`, `VAULT_NAMESPACE` and,
    /// unless `auth` is given, the token in `VAULT_TOKEN` or in `~/.vault-token`.
    ///
    /// - Parameters:
    ///   - mount: Where the engine is mounted.
    ///   - auth: How this program proves who it is; nil for the token of the environment.
    ///   - tokens: How the token of a login is kept.
    ///   - transport: Sends the requests; nil for the default one.
    /// - Throws: ``TesseraCore/TesseraError`` with code ``TesseraCore/TesseraError/Code/misconfigured`` when something is
    ///   missing, naming what was looked for.
    public static func fromEnvironment(
        mount: String = "secret", auth: VaultAuthentication? = nil,
        tokens: RefreshingTokenSource.Settings = RefreshingTokenSource.Settings(), transport: (any Transport)? = nil
    ) throws -> VaultKV {
        try fromEnvironment(mount, auth, tokens, transport, ProcessEnvironment.value)
    }

    static func fromEnvironment(
        _ mount: String, _ auth: VaultAuthentication?, _ tokens: RefreshingTokenSource.Settings,
        _ transport: (any Transport)?, _ variable: (String) -> String?
    ) throws -> VaultKV {
        func set(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }
        guard let address = set("VAULT_ADDR") else {
            throw TesseraError(
                .misconfigured, "there is no address of a Vault server: VAULT_ADDR is not set",
                remedy: "set it to the server's URL")
        }
        return try VaultKV(
            address, mount: mount, namespace: set("VAULT_NAMESPACE"), auth: auth ?? token(set), tokens: tokens,
            transport: transport)
    }

    private static func token(_ variable: (String) -> String?) throws -> VaultAuthentication {
        if variable("VAULT_TOKEN") != nil { return .token(.environment("VAULT_TOKEN")) }
        if let home = variable("HOME"), SecretFile.identity(of: "\(home)/.vault-token") != nil {
            return .token(.file("\(home)/.vault-token"))
        }
        throw TesseraError(
            .misconfigured, "there is no token of Vault: VAULT_TOKEN is not set, and there is no file ~/.vault-token",
            remedy: "log in with vault login, or pass auth:")
    }
}
#endif
