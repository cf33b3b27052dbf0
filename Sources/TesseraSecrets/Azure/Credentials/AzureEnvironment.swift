#if Secrets
import TesseraCore

extension AzureCredential {
    /// Who the environment says that the program is, in the order of Azure's own libraries: an application's secret
    /// (`AZURE_CLIENT_SECRET`), its certificate (`AZURE_CLIENT_CERTIFICATE_PATH`), a workload's token
    /// (`AZURE_FEDERATED_TOKEN_FILE`), and last the machine's own identity.
    ///
    /// The first three need `AZURE_TENANT_ID` and `AZURE_CLIENT_ID`, and take `AZURE_AUTHORITY_HOST` into account. What
    /// is set by half is an error, never passed over: another identity than the one that was meant would be used.
    ///
    /// - Throws: ``TesseraCore/TesseraError`` with code ``TesseraCore/TesseraError/Code/misconfigured`` for what is set by
    ///   half. When no identity is to be had at all, the error of the first token says what was looked for.
    public static func fromEnvironment() throws -> AzureCredential {
        try fromEnvironment(ProcessEnvironment.value)
    }

    static func fromEnvironment(_ variable: (String) -> String?) throws -> AzureCredential {
        let environment = AzureEnvironment(variable)
        let proof: AzureClient.Proof
        switch try environment.choice() {
        case .secret: proof = .secret(.environment(AzureEnvironment.secret))
        case .certificate(let path): proof = .certificate(.file(path))
        case .workload(let path): proof = .federatedToken(.file(path))
        case .machine:
            let endpoint = try ManagedIdentityEndpoint(variable)
            return AzureCredential(
                kind: .managedIdentity(
                    ManagedIdentity(
                        endpoint: endpoint, client: environment[AzureEnvironment.client],
                        passedOver: AzureEnvironment.order)))
        }
        return AzureCredential(kind: .client(try environment.client(proof)))
    }
}

/// The variables of Azure's own libraries, and what they decide.
struct AzureEnvironment {
    static let tenant = "AZURE_TENANT_ID"
    static let client = "AZURE_CLIENT_ID"
    static let secret = "AZURE_CLIENT_SECRET"
    static let certificate = "AZURE_CLIENT_CERTIFICATE_PATH"
    static let federatedToken = "AZURE_FEDERATED_TOKEN_FILE"
    static let authority = "AZURE_AUTHORITY_HOST"
    private static let password = "AZURE_CLIENT_CERTIFICATE_PASSWORD"

    /// What is looked for before the machine's own identity.
    static let order = [secret, certificate, federatedToken]

    enum Choice: Hashable {
        case secret
        case certificate(path: String)
        case workload(path: String)
        case machine
    }

    private let values: [String: String]

    init(_ variable: (String) -> String?) {
        var values: [String: String] = [:]
        for name in Self.order + [Self.tenant, Self.client, Self.authority, Self.password] {
            if let value = variable(name), !value.isEmpty { values[name] = value }
        }
        self.values = values
    }

    subscript(name: String) -> String? { values[name] }

    func choice() throws(TesseraError) -> Choice {
        guard let first = Self.order.first(where: { values[$0] != nil }), let path = values[first] else {
            return .machine
        }
        for needed in [Self.tenant, Self.client] where values[needed] == nil {
            throw TesseraError(
                .misconfigured, "\(first) is set and \(needed) is not", remedy: "set both, or neither")
        }
        switch first {
        case Self.secret: return .secret
        case Self.certificate:
            guard values[Self.password] == nil else {
                throw TesseraError(
                    .misconfigured, "\(Self.password) is set, and encrypted certificates are not read",
                    remedy: "give a PEM file with an unencrypted key that only this user may read")
            }
            return .certificate(path: path)
        default: return .workload(path: path)
        }
    }

    func client(_ proof: AzureClient.Proof) throws -> AzureClient {
        let authority = try values[Self.authority].map { try AzureAuthority($0) } ?? .publicCloud
        return AzureClient(
            tenant: try AzureTenant(values[Self.tenant] ?? "", at: authority), id: values[Self.client] ?? "",
            proof: proof)
    }
}
#endif
