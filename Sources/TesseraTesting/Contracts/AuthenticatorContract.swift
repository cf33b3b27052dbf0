public import HTTPTypes
public import TesseraCore

/// What every ``TesseraCore/Authenticator`` promises, as checks that anybody who writes one can run.
///
/// ```swift
/// @Test(arguments: AuthenticatorContract.checks)
/// func keepsTheContract(check: AuthenticatorCheck) async throws {
///     let subject = AuthenticatorSubject(origin: try Origin("https://api.test")) { .bearer(.fixture("a-token-for-this")) }
///     if case .violated(let violation) = await check.run(on: subject) { Issue.record(violation) }
/// }
/// ```
public enum AuthenticatorContract {
    /// All checks.
    public static let checks: [AuthenticatorCheck] = authenticatorChecks
}

/// An authenticator, and what a test knows about it.
public struct AuthenticatorSubject: Sendable {
    /// An origin that its credential is for.
    public var origin: Origin
    /// Makes one as new.
    public var make: @Sendable () throws -> any Authenticator
    /// What it may send requests of its own to, for example for tokens; by default a mock that answers nothing.
    public var transport: any Transport
    /// The request that it authenticates.
    public var head: HTTPRequest

    /// A subject of the given parts.
    public init(
        origin: Origin, transport: any Transport = MockTransport(), path: String = "/contract",
        make: @escaping @Sendable () throws -> any Authenticator
    ) {
        self.origin = origin
        self.make = make
        self.transport = transport
        head = HTTPRequest(method: .get, scheme: origin.scheme.rawValue, authority: origin.authority, path: path)
    }
}

/// One promise of ``TesseraCore/Authenticator``, and the experiment that shows whether one keeps it.
public struct AuthenticatorCheck: Sendable, CustomStringConvertible {
    /// The promise as a sentence; unique within the contract.
    public let name: String

    private let experiment: @Sendable (AuthenticatorBench) async throws -> Void

    init(_ name: String, _ experiment: @escaping @Sendable (AuthenticatorBench) async throws -> Void) {
        self.name = name
        self.experiment = experiment
    }

    /// Runs the check on an authenticator of its own.
    ///
    /// - Parameters:
    ///   - subject: What is under test.
    ///   - patience: After this time the check is given up as hanging, though what hangs may go on.
    public func run(on subject: AuthenticatorSubject, patience: Duration = .seconds(20)) async -> ContractOutcome {
        await ContractOutcome.of(patience) {
            try await experiment(try AuthenticatorBench(subject))
            return true
        }
    }

    /// The name.
    public var description: String { name }
}

/// An authenticator under test, with a transport that counts what it sends.
struct AuthenticatorBench: Sendable {
    let subject: AuthenticatorSubject
    let authenticator: any Authenticator
    let transport: CountingTransport

    init(_ subject: AuthenticatorSubject) throws {
        self.subject = subject
        authenticator = try subject.make()
        transport = CountingTransport(subject.transport)
    }

    func attempt(_ number: Int = 1, at origin: Origin? = nil) -> AttemptContext {
        let origin = origin ?? subject.origin
        var head = subject.head
        head.scheme = origin.scheme.rawValue
        head.authority = origin.authority
        return AttemptContext(
            number: number, head: head, origin: origin,
            deadline: Runtime.current.now().advanced(by: .seconds(10)), runtime: .current, transport: transport)
    }

    /// The credential for the subject's origin, which must be there.
    func credential(_ number: Int = 1) async throws -> Credential {
        guard let credential = try await authenticator.credential(for: attempt(number)) else {
            throw ContractViolation(expected: "a credential for \(subject.origin)", seen: "none")
        }
        return credential
    }
}
