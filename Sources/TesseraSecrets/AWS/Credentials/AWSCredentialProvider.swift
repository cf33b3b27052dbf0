#if Secrets
import Synchronization
public import TesseraCore
public import TesseraOAuth

/// AWS credentials, looked for once for all who ask, and again before they expire.
///
/// ```swift
/// let aws = AWSCredentialProvider()                                // variables, files, container, instance
/// let billing = AWSCredentialProvider(AWSCredentialChain.standard(profile: "billing"))
/// ```
///
/// Temporary credentials have a life as tokens have, so ``TesseraOAuth/RefreshingTokenSource`` keeps them: renewed in a
/// tenth of their life before its end, by one search, while everybody goes on with the old ones.
public final class AWSCredentialProvider: Sendable {
    private let acquisition: Acquisition
    private let tokens: RefreshingTokenSource

    /// A provider on one source.
    ///
    /// - Parameters:
    ///   - source: Where credentials are looked for.
    ///   - settings: How they are kept, and who is told.
    public init(
        _ source: any AWSCredentialSource = AWSCredentialChain.standard(),
        settings: RefreshingTokenSource.Settings = RefreshingTokenSource.Settings()
    ) {
        acquisition = Acquisition(source)
        tokens = RefreshingTokenSource(acquisition, settings: settings)
    }

    /// The credentials as they are now.
    ///
    /// - Throws: ``TesseraCore/TesseraError`` with code ``TesseraCore/TesseraError/Code/secretUnavailable`` when no place
    ///   has any, naming each place and why; `CancellationError`.
    public func credentials(for use: TokenUse) async throws -> AWSCredentials {
        try await current(for: use).credentials
    }

    func current(for use: TokenUse) async throws -> (credentials: AWSCredentials, generation: UInt64) {
        let token = try await tokens.accessToken(for: use)
        // What was found last is at least as new as the token that stands for it.
        guard let credentials = acquisition.found.withLock({ $0 }) else { throw AWSCredentialProvider.none("") }
        return (credentials, token.generation)
    }

    /// Tells that AWS refused the credentials of this generation.
    ///
    /// - Returns: Whether asking again makes sense.
    func reject(generation: UInt64, for use: TokenUse) async throws -> Bool {
        try await tokens.reject(generation: generation, for: use).allowsReplay
    }

    fileprivate static func none(_ reasons: String) -> TesseraError {
        TesseraError(
            .secretUnavailable, "there are no AWS credentials: \(reasons)",
            remedy: "set AWS_PROFILE, or run where a role is attached")
    }

    private final class Acquisition: TokenAcquisition {
        let source: any AWSCredentialSource
        let found = Mutex<AWSCredentials?>(nil)
        private let refusals = Mutex<UInt64>(0)

        init(_ source: any AWSCredentialSource) {
            self.source = source
        }

        func obtain(_ fetch: RefreshingTokenSource.Fetch) async throws -> TokenResponse {
            let search = AWSCredentialSearch(
                deadline: fetch.deadline, runtime: fetch.runtime, transport: fetch.transport)
            let credentials: AWSCredentials
            switch try await source.find(search) {
            case .found(let some): credentials = some
            case .nothing(let reasons): throw AWSCredentialProvider.none(reasons)
            }
            found.withLock { $0 = credentials }
            // The same key again after a refusal is no error of its own: a key may be refused before it is known everywhere.
            let refusals = refusals.withLock { count in
                if fetch.occasion == .rejected { count &+= 1 }
                return count
            }
            var response = TokenResponse(
                accessToken: Secret(bytes: Array("\(credentials.accessKeyID)#\(refusals)".utf8)))
            response.expiresAt = credentials.expiry
            return response
        }
    }
}
#endif
