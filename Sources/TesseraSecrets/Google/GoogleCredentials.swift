#if Secrets
public import TesseraCore
public import TesseraOAuth

/// Who asks Google's APIs.
///
/// ```swift
/// let credentials = GoogleCredentials.json(.file("/run/secrets/service-account.json"))
/// let storage = try Session("https://storage.googleapis.com", auth: .oauth(credentials.tokens()))
/// ```
///
/// A file of credentials names the URLs that it wants to be shown to. They are believed only where they are Google's own:
/// `oauth2`, `sts` and `iamcredentials` at `googleapis.com`, and for the tokens of GitHub's jobs
/// `*.actions.githubusercontent.com`. Others have to be named in `trustedEndpoints`.
public struct GoogleCredentials: Sendable, CustomStringConvertible, CustomReflectable {
    /// The scope of everything that the credentials' roles allow.
    public static let cloudPlatform = "https://www.googleapis.com/auth/cloud-platform"

    enum Kind: Sendable {
        case applicationDefault
        case json(any SecretSource)
        case metadataServer(account: String)
    }

    let kind: Kind
    let trustedEndpoints: [String]

    /// What `GOOGLE_APPLICATION_CREDENTIALS` names; else the file that `gcloud auth application-default login` writes;
    /// else the metadata server. Looked for each time that a token is needed.
    public static func applicationDefault(trustedEndpoints: [String] = []) -> GoogleCredentials {
        GoogleCredentials(kind: .applicationDefault, trustedEndpoints: trustedEndpoints)
    }

    /// A JSON document as Google hands it out: a service account's key (`service_account`), a user's login
    /// (`authorized_user`), or a workload known elsewhere (`external_account`, with a file or a URL as its source).
    ///
    /// What is wrong with it is thrown when a token is asked for.
    public static func json(_ source: any SecretSource, trustedEndpoints: [String] = []) -> GoogleCredentials {
        GoogleCredentials(kind: .json(source), trustedEndpoints: trustedEndpoints)
    }

    /// The service account of the machine, container or function that this runs in, from the metadata server at
    /// 169.254.169.254 or where `GCE_METADATA_HOST` says. It is never asked through a proxy.
    public static func metadataServer(
        serviceAccount: String = "default", trustedEndpoints: [String] = []
    ) -> GoogleCredentials {
        GoogleCredentials(kind: .metadataServer(account: serviceAccount), trustedEndpoints: trustedEndpoints)
    }

    /// Access tokens for Google's APIs.
    ///
    /// - Parameters:
    ///   - scope: What they are for.
    ///   - transport: For the requests; nil to use that of the session which needs a token.
    ///   - settings: How tokens are kept.
    public func tokens(
        scope: [String] = [cloudPlatform], transport: (any Transport)? = nil,
        settings: RefreshingTokenSource.Settings = RefreshingTokenSource.Settings()
    ) -> RefreshingTokenSource {
        RefreshingTokenSource(
            GoogleTokenAcquisition(credentials: self, scope: scope, transport: transport), settings: settings)
    }

    /// Where they come from.
    public var description: String {
        switch kind {
        case .applicationDefault: "GoogleCredentials(application default)"
        case .json: "GoogleCredentials(json)"
        case .metadataServer: "GoogleCredentials(metadata server)"
        }
    }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
#endif
