#if Secrets
import HTTPTypes
import TesseraCore
import TesseraOAuth

/// The metadata server of Google's machines: it knows who asks by where the question comes from.
struct GoogleMetadataServer {
    private static let flavor = "Metadata-Flavor"

    let origin: Origin

    /// - Parameter host: What `GCE_METADATA_HOST` says: a host, with or without a port.
    /// - Throws: With code `misconfigured` when it is elsewhere than metadata servers are.
    init(host: String?, _ policy: GoogleEndpointPolicy) throws {
        origin = try policy.check("http://\(host ?? "169.254.169.254")", .metadata).origin
    }

    /// A token of one of the machine's service accounts.
    func token(
        account: String, scope: [String], _ transport: any Transport, _ fetch: RefreshingTokenSource.Fetch
    ) async throws -> TokenResponse {
        let context = SecretFetch(deadline: fetch.deadline, runtime: fetch.runtime)
        let session = try SecretEndpoint.session(origin.description, transport, context) { settings in
            // Threat B1: through a proxy another machine would be asked, and its owner's token come back.
            settings.proxy = .none
            settings.timeouts.connect = .seconds(3)
        }
        let began = fetch.runtime.now()
        let response = try await session.get(
            "/computeMetadata/v1/instance/service-accounts/\(account)/token",
            query: scope.isEmpty ? [:] : ["scopes": scope.joined(separator: ",")],
            headers: [GoogleMetadataServer.flavor: "Google"], expecting: .any)
        let flavor = HTTPField.Name(GoogleMetadataServer.flavor).flatMap { response.headerFields[$0] }
        guard flavor == "Google" else {
            throw TesseraError(
                .invalidTokenResponse, "what answers at \(origin) is not Google's metadata server",
                remedy: "check GCE_METADATA_HOST, and that this runs on Google Cloud")
        }
        guard response.status.code != 404 else {
            throw TesseraError(
                .tokenRequestRefused, "the metadata server knows no service account of that name",
                remedy: "attach a service account to the machine")
        }
        var answer = try TokenResponse(response)
        answer.issuedAt = began
        return answer
    }
}
#endif
