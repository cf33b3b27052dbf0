#if Secrets
public import TesseraCore

/// One place where AWS credentials may be found: variables, files, the metadata of a machine.
///
/// It only looks. What is kept, and that one look serves all who ask, is the business of ``AWSCredentialProvider``.
public protocol AWSCredentialSource: Sendable {
    /// What the place is called in errors, for example `environment`.
    var name: String { get }

    /// Looks for credentials.
    ///
    /// - Returns: Credentials, or why there are none here and another place may be asked.
    /// - Throws: ``TesseraCore/TesseraError`` when the place is meant to give some and cannot. Another place would give
    ///   those of somebody else, so none is asked.
    func find(_ search: AWSCredentialSearch) async throws -> AWSCredentialFinding
}

/// What an ``AWSCredentialSource`` found.
public enum AWSCredentialFinding: Sendable {
    /// These.
    case found(AWSCredentials)
    /// Nothing, for this reason: a few words, no value.
    case nothing(String)
}

/// What an ``AWSCredentialSource`` looks with.
public struct AWSCredentialSearch: Sendable {
    /// When the search must be over.
    public var deadline: MonotonicInstant
    /// Clock, randomness and waiting.
    public var runtime: Runtime
    /// For requests; nil for the default transport.
    public var transport: (any Transport)?

    /// A search that must be over at `deadline`.
    public init(deadline: MonotonicInstant, runtime: Runtime, transport: (any Transport)? = nil) {
        self.deadline = deadline
        self.runtime = runtime
        self.transport = transport
    }

    var fetch: SecretFetch { SecretFetch(deadline: deadline, runtime: runtime) }
}

/// Credentials that the program already has.
public struct FixedAWSCredentials: AWSCredentialSource {
    /// `fixed`.
    public let name = "fixed"
    private let credentials: AWSCredentials

    /// A source of the given credentials.
    public init(_ credentials: AWSCredentials) {
        self.credentials = credentials
    }

    /// The credentials.
    public func find(_ search: AWSCredentialSearch) async throws -> AWSCredentialFinding { .found(credentials) }
}
#endif
