#if Secrets
import HTTPTypes
import Synchronization
import TesseraCore
import TesseraTesting

@testable import TesseraSecrets

/// A vault of Azure and its authority on one mock transport.
struct AzureScenario {
    let server = MockTransport()

    static let vault = "https://billing.vault.azure.net"
    static let secret = "https://billing.vault.azure.net/secrets/db-password"
    static let tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47"
    static let tokenURL = "https://login.microsoftonline.com/\(tenant)/oauth2/v2.0/token"
    static let challenge =
        #"Bearer authorization="https://login.microsoftonline.com/\#(tenant)", resource="https://vault.azure.net""#

    func credential(_ secret: any SecretSource = .value(.fixture("client-secret-42"))) throws -> AzureCredential {
        try .clientSecret(tenant: AzureScenario.tenant, client: "app-id", secret: secret)
    }

    func vault(_ credential: AzureCredential? = nil, allowsOutdated: Bool = false) throws -> AzureKeyVault {
        try AzureKeyVault(
            AzureScenario.vault, credential: try credential ?? self.credential(), allowsOutdated: allowsOutdated,
            transport: server)
    }

    static let body: JSONValue = [
        "value": "s3cr3t-value", "contentType": "text/plain",
        "id": "https://billing.vault.azure.net/secrets/db-password/0123456789abcdef",
        "attributes": ["enabled": true, "created": 1_700_000_000],
    ]

    /// Asks for a token with `challenge`, and answers those who have one with `reply`.
    @discardableResult
    func holdSecret(
        challenge: String? = AzureScenario.challenge, refusing refused: Set<String> = [],
        _ reply: MockReply = MockReply(json: AzureScenario.body)
    ) -> MockRoute {
        server.on(.get, "\(AzureScenario.secret)").reply { request in
            let shown = request.headerFields[.authorization]
            if let shown, !refused.contains(shown) { return reply }
            guard let challenge else { return MockReply(status: 401) }
            return MockReply(status: 401, headers: ["WWW-Authenticate": challenge])
        }
    }

    /// Gives `token-number-1`, `token-number-2`, …
    @discardableResult
    func issueTokens(_ url: String = AzureScenario.tokenURL) -> MockRoute {
        let count = Mutex(0)
        return server.on(.post, url).reply { _ in
            let number = count.withLock { count in
                count += 1
                return count
            }
            return MockReply(
                json: ["access_token": .string("token-number-\(number)"), "token_type": "Bearer", "expires_in": 3599])
        }
    }

    /// What the vault saw in `Authorization`, in order.
    var shown: [String] {
        server.requests.filter { $0.origin.host == "billing.vault.azure.net" }
            .map { $0.headerFields[.authorization] ?? "none" }
    }
}
#endif
