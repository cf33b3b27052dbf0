#if Secrets
import TesseraCore

/// What a vault's tokens are for, and which challenges may ask for them.
struct KeyVaultResource: Sendable {
    let vault: Origin
    /// For example `https://vault.azure.net`.
    let resource: String

    /// - Throws: When nothing is given and the vault's name has no domain to derive it from.
    init(vault: Origin, given: String?) throws {
        self.vault = vault
        guard let given else {
            // `billing.vault.azure.net` is a vault of `vault.azure.net`, in every cloud of Azure.
            let labels = vault.host.split(separator: ".")
            guard labels.count > 2, !vault.host.hasPrefix("["), labels.last?.allSatisfy(\.isNumber) == false else {
                throw TesseraError(
                    .misconfigured, "the vault's name \(vault.host) does not tell what its tokens are for",
                    remedy: "use the vault's own name, or pass resource:")
            }
            resource = "https://\(labels.dropFirst().joined(separator: "."))"
            return
        }
        let url = try AbsoluteURL(given)
        guard url.origin.scheme == .https, url.path == "/", url.query == nil else {
            throw TesseraError(.misconfigured, "the resource of a vault is an https URL without a path")
        }
        resource = url.origin.description
    }

    /// Checks what a vault asks for.
    ///
    /// A server under a name that somebody mistyped, or that DNS leads astray, could ask for a token of the real vaults
    /// and use it there. And where it sends us for a token, a client's secret would go.
    ///
    /// - Parameter authority: Where the credential gets its tokens; nil when the machine itself gives them.
    /// - Throws: With code `unauthorized`, when it is not what this vault may ask for.
    func check(_ challenges: [Challenge], _ authority: AzureTenant?) throws(TesseraError) {
        guard let challenge = challenges.first(where: { $0.scheme == "bearer" }) else {
            throw refusal("asks for no bearer token", "check the vault's URL")
        }
        var asked = challenge.parameters["resource"] ?? challenge.parameters["scope"] ?? ""
        if asked.hasSuffix("/.default") { asked.removeLast("/.default".count) }
        guard let url = try? AbsoluteURL(asked), url.path == "/", url.query == nil,
            url.origin.description == resource
        else {
            throw refusal(
                "asks for a token of another domain than \(resource)",
                "check the vault's URL; if it is right, pass resource:")
        }
        guard let authority else { return }
        let named = challenge.parameters["authorization"] ?? challenge.parameters["authorization_uri"] ?? ""
        guard let url = try? AbsoluteURL(named), authority.authority.includes(url.origin) else {
            throw refusal(
                "wants tokens of another authority than \(authority.authority.origin)",
                "check the vault's URL, and the credential's authority")
        }
        guard authority.mayBe(url.path.split(separator: "/").first.map { String($0) } ?? "") else {
            throw refusal("belongs to another tenant than the credential", "check the credential's tenant")
        }
    }

    private func refusal(_ flaw: String, _ remedy: String) -> TesseraError {
        TesseraError(.unauthorized, "the vault at \(vault) \(flaw); no token was sent to it", remedy: remedy)
    }
}
#endif
