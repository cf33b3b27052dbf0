#if Secrets
import Crypto
import CryptoExtras
import HTTPTypes
import TesseraCore
import TesseraOAuth
import TesseraTesting
import Testing

@testable import TesseraSecrets

@Suite struct `Azure client certificate` {
    /// Bytes that stand for a certificate: only their hash is used.
    private static let certificate: [UInt8] = Array("a certificate in DER, as far as anybody here looks".utf8)
    private static let key = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    private func pem() throws -> Secret {
        let encoded = String(decoding: Base64.encode(Self.certificate), as: UTF8.self)
        return Secret(
            "-----BEGIN CERTIFICATE-----\n\(encoded)\n-----END CERTIFICATE-----\n"
                + (try Self.key.get().pkcs8PEMRepresentation))
    }

    private struct Header: Decodable, Equatable {
        var alg: String
        var typ: String
        var thumbprint: String

        enum CodingKeys: String, CodingKey {
            case alg, typ
            case thumbprint = "x5t#S256"
        }
    }

    private struct Claims: Decodable {
        var iss: String
        var sub: String
        var aud: String
        var iat: Int64
        var exp: Int64
        var jti: String
    }

    @Test func `each request shows an assertion of its own, signed with the certificate's key`() async throws {
        let pem = try pem()
        let variables = ["AZURE_TENANT_ID": AzureScenario.tenant, "AZURE_CLIENT_ID": "app-id"]
        let assertions = try await withTemporaryDirectory { directory in
            let path = "\(directory)/client.pem"
            try writeFile(path, pem.withExposedBytes { Array($0) })
            return try await withVirtualTime { time in
                let scenario = AzureScenario()
                let route = scenario.issueTokens()
                let all = variables.merging(["AZURE_CLIENT_CERTIFICATE_PATH": path]) { $1 }
                let tokens = try AzureCredential.fromEnvironment { all[$0] }
                    .tokens(for: "https://vault.azure.net", transport: scenario.server)
                _ = try await time.run { try await tokens.accessToken() }
                await time.advance(by: .seconds(3600))
                _ = try await time.run { try await tokens.accessToken() }
                return route.requests.compactMap { request in
                    request.form.first { $0.name == "client_assertion" }?.value
                }
            }
        }
        #expect(assertions.count == 2)
        var identifiers: Set<String> = []
        for assertion in assertions {
            let parts = assertion.split(separator: ".").map { Base64.decode($0.utf8, alphabet: .urlSafe) ?? [] }
            try #require(parts.count == 3)
            let header = try JSONCoding().decode(Header.self, from: parts[0])
            let claims = try JSONCoding().decode(Claims.self, from: parts[1])
            let thumbprint = Base64.encode(Array(SHA256.hash(data: Self.certificate)), alphabet: .urlSafe)
            #expect(
                header
                    == Header(alg: "PS256", typ: "JWT", thumbprint: String(decoding: thumbprint, as: UTF8.self)))
            #expect(claims.iss == "app-id")
            #expect(claims.sub == "app-id")
            #expect(claims.aud == AzureScenario.tokenURL)
            #expect(claims.exp - claims.iat == 600)
            identifiers.insert(claims.jti)
            let signed = Array(assertion[..<(assertion.lastIndex(of: ".") ?? assertion.startIndex)].utf8)
            let signature = _RSA.Signing.RSASignature(rawRepresentation: parts[2])
            #expect(
                try Self.key.get().publicKey.isValidSignature(
                    signature, for: SHA256.hash(data: signed), padding: .PSS))
        }
        #expect(identifiers.count == 2)
    }

    @Test(arguments: ["", "no PEM at all", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
    func `what is no certificate with a key is said, and not shown`(text: String) async throws {
        try await withVirtualTime { time in
            let scenario = AzureScenario()
            let tokens = try AzureCredential.clientCertificate(
                tenant: AzureScenario.tenant, client: "app-id", certificate: .value(Secret(text))
            ).tokens(for: "https://vault.azure.net", transport: scenario.server)
            let error = await #expect(throws: TesseraError.self) {
                try await time.run { try await tokens.accessToken() }
            }
            #expect(error?.code == .misconfigured)
            #expect(scenario.server.requests.isEmpty)
        }
    }
}
#endif
