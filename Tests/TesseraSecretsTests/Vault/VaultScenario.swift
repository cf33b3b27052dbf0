#if Secrets
import HTTPTypes
import Synchronization
import TesseraCore
import TesseraOAuth
import TesseraTesting

@testable import TesseraSecrets

/// A Vault server on a mock transport, with one secret at `secret/prod/database`.
struct VaultScenario {
    let server = MockTransport()

    static let address = "https://vault.test"
    static let path = "/v1/secret/data/prod/database"
    static let object = #"{"password": "s3cr3t-password", "port": 5432}"#

    func vault(
        _ auth: VaultAuthentication = .token(.value(.fixture("kept-token"))), namespace: String? = nil
    ) throws -> VaultKV {
        try VaultKV(VaultScenario.address, namespace: namespace, auth: auth, transport: server)
    }

    func appRole(_ secretID: any SecretSource = .value(.fixture("the-secret-id"))) -> VaultAuthentication {
        .appRole(roleID: "billing", secretID: secretID)
    }

    static var answer: String {
        #"{"data": {"data": \#(object), "metadata": {"version": 3, "destroyed": false, "deletion_time": ""}}}"#
    }

    /// Gives the secret to whoever shows one of the tokens.
    func holdSecret(for tokens: String...) {
        server.on(.get, VaultScenario.path).reply { request in
            let shown = request.headerFields[VaultTokens.field] ?? "none"
            guard tokens.contains(shown) else {
                return MockReply(status: 403, json: ["errors": ["permission denied"]])
            }
            return MockReply(headers: ["Content-Type": "application/json"], body: VaultScenario.answer)
        }
    }

    /// Answers logins with `token-1`, `token-2`, …
    @discardableResult
    func acceptLogins(
        at path: String = "/v1/auth/approle/login", lease: Int64 = 3600, renewable: Bool = true
    ) -> MockRoute {
        let count = Mutex(0)
        return server.on(.post, path).reply { _ in
            let number = count.withLock { count in
                count += 1
                return count
            }
            return MockReply(json: VaultScenario.auth("token-\(number)", lease: lease, renewable: renewable))
        }
    }

    static func auth(_ token: String, lease: Int64, renewable: Bool = true) -> JSONValue {
        [
            "auth": [
                "client_token": .string(token), "lease_duration": .integer(lease), "renewable": .bool(renewable),
            ]
        ]
    }

    var logins: Int { server.count(.post, "/v1/auth/approle/login") }
    var renewals: Int { server.count(.post, "/v1/auth/token/renew-self") }
    /// The tokens that reads showed, in order.
    var shown: [String] {
        server.requests.filter { $0.path == VaultScenario.path }.map { $0.headerFields[VaultTokens.field] ?? "none" }
    }
}

/// A source whose secret another one replaces.
final class RotatingSource: SecretSource {
    private let now: Mutex<Secret>
    private let later: Secret?

    /// - Parameter later: What the source says after its secret was refused.
    init(_ now: Secret, later: Secret? = nil) {
        self.now = Mutex(now)
        self.later = later
    }

    func secret() async throws -> Secret { now.withLock { $0 } }

    func secret(after rejected: Secret) async throws -> Secret {
        now.withLock { now in
            if let later { now = later }
            return now
        }
    }
}
#endif
