#if Secrets
public import HTTPTypes
import Synchronization
public import TesseraCore

/// Signs each attempt with AWS Signature Version 4.
///
/// ```swift
/// let aws = AWSCredentialProvider()
/// let objects = try Session(
///     "https://my-bucket.s3.eu-west-1.amazonaws.com",
///     auth: .awsSignature(service: "s3", region: "eu-west-1", credentials: aws))
/// ```
///
/// The signature covers the head as it is sent and the body. It goes to the session's base origin only, unless `origins`
/// says otherwise. When the service refuses it because this machine's clock is wrong, the service's time is taken over
/// and the call is sent once more.
public final class AWSAuthenticator: Authenticator {
    /// The rules of the service.
    public let signature: AWSSignatureV4
    private let credentials: AWSCredentialProvider
    private let origins: OriginSet?
    private let clock = Mutex(AWSSigningClock())

    /// An authenticator that signs by the given rules.
    ///
    /// - Parameter origins: Where signed requests may go; nil means the base origin of the session that sends them.
    public init(_ signature: AWSSignatureV4, credentials: AWSCredentialProvider, origins: OriginSet? = nil) {
        self.signature = signature
        self.credentials = credentials
        self.origins = origins
    }

    /// The signature of this attempt.
    public func credential(for attempt: AttemptContext) async throws -> Credential? {
        let (credentials, generation) = try await credentials.current(
            for: TokenUse(deadline: attempt.deadline, runtime: attempt.runtime, transport: attempt.transport))
        let time = attempt.runtime.wallTime().advanced(by: clock.withLock { $0.offset })
        var credential = try signature.credential(for: attempt.head, body: attempt.body, with: credentials, at: time)
        credential.origins = origins
        credential.generation = generation
        return credential
    }

    /// Whether the signature's time was too far from the server's.
    public func isRefusal(
        _ answer: HTTPResponse, of attempt: AttemptContext, rejecting credential: Credential
    ) -> Bool {
        (400...403).contains(answer.status.code) && serverTime(answer, attempt, rejecting: credential) != nil
    }

    /// Takes over the server's time, once per call.
    public func react(
        to challenges: [Challenge], of attempt: AttemptContext, rejecting credential: Credential
    ) async throws -> Reaction {
        guard let answer = attempt.answer, let date = serverTime(answer, attempt, rejecting: credential) else {
            return .accept
        }
        let now = attempt.runtime.wallTime()
        guard clock.withLock({ $0.learn(date: date, now: now) }) else {
            return .fail(
                TesseraError(
                    .misconfigured, "\(attempt.origin) refused the signature: this machine's clock is days off",
                    remedy: "set the clock"))
        }
        return .replay
    }

    /// The server's time, if the signature was not made near it.
    private func serverTime(
        _ answer: HTTPResponse, _ attempt: AttemptContext, rejecting credential: Credential
    ) -> Timestamp? {
        guard let date = answer.headerFields[.date].flatMap({ HTTPDate.parse($0, now: attempt.runtime.wallTime()) }),
            let signed = credential.fields.exposed.first(where: { $0.name == .amzDate }).flatMap({
                AWSTime.parse($0.value)
            })
        else { return nil }
        return AWSSigningClock.isOff(signed: signed, date: date) ? date : nil
    }
}

extension Authenticator where Self == AWSAuthenticator {
    /// AWS Signature Version 4 for a service in a region.
    public static func awsSignature(
        service: String, region: String, credentials: AWSCredentialProvider = AWSCredentialProvider()
    ) -> AWSAuthenticator {
        AWSAuthenticator(AWSSignatureV4(service: service, region: region), credentials: credentials)
    }
}
#endif
