#if Secrets
import HTTPTypes
import TesseraCore

/// The two questions to the Security Token Service: a role for a signed request, a role for a token of somebody else.
struct AWSSecurityTokenService {
    private let selection: AWSProfileSelection
    private let search: AWSCredentialSearch

    init(_ selection: AWSProfileSelection, _ search: AWSCredentialSearch) {
        self.selection = selection
        self.search = search
    }

    /// A role to assume.
    struct Role {
        var name: String
        var session: String?
        var externalID: String?
        var seconds: String?

        fileprivate func items(_ action: String, _ now: Timestamp) -> QueryItems {
            var items: QueryItems = ["Action": action, "Version": "2011-06-15", "RoleArn": name]
            items.append("RoleSessionName", session ?? "tessera-\(now.nanoseconds / 1_000_000_000)")
            if let externalID { items.append("ExternalId", externalID) }
            if let seconds { items.append("DurationSeconds", seconds) }
            return items
        }
    }

    func assume(_ role: Role, with credentials: AWSCredentials) async throws -> AWSCredentials {
        let region = try AWSEndpoint.region(selection) ?? "us-east-1"
        let signer = AWSAuthenticator(
            AWSSignatureV4(service: "sts", region: region),
            credentials: AWSCredentialProvider(FixedAWSCredentials(credentials)))
        return try await ask(role.items("AssumeRole", search.runtime.wallTime()), region, signer, role)
    }

    func assume(_ role: Role, withWebIdentity token: Secret) async throws -> AWSCredentials {
        let region = try AWSEndpoint.region(selection) ?? "us-east-1"
        var items = role.items("AssumeRoleWithWebIdentity", search.runtime.wallTime())
        token.withExposedBytes { items.append("WebIdentityToken", String(decoding: $0, as: UTF8.self)) }
        return try await ask(items, region, nil, role)
    }

    private func ask(
        _ items: QueryItems, _ region: String, _ signer: AWSAuthenticator?, _ role: Role
    ) async throws -> AWSCredentials {
        let url = try AWSEndpoint.url(.securityTokens, region: region, selection)
        let session = try SecretEndpoint.session(url, search.transport, search.fetch, auth: signer)
        // It answers in JSON where that is accepted, in another form than this one.
        let answer = try await session.post("/", .form(items), headers: ["Accept": "text/xml"], expecting: .any)
        guard answer.status.code == 200 else {
            let code = AWSErrorCode(of: answer)
            throw TesseraError(
                code?.kind == .throttling || answer.status.code >= 500 ? .httpStatus : .secretUnavailable,
                "\(session.origin) gave no credentials for \(role.name): status \(answer.status.code)"
                    + (code.map { ", \($0)" } ?? ""),
                remedy: "check the role, and who may assume it")
        }
        return try AWSQueryAnswer(answer.body).credentials()
    }
}
#endif
