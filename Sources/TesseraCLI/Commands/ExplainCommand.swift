#if CLI
import ArgumentParser
import HTTPTypes
import Tessera

/// `tessera explain [METHOD] URL`.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell what a call would do, and what would follow an answer or a failure; sends nothing.",
        usage: "tessera explain [METHOD] URL [--status N [--retry-after seconds]] [--fail kind] [options]",
        discussion: """
            Prints the plan of the call: where it goes, the names of its header fields, its bounds on time, and whether it \
            would be sent again. With --status or --fail it prints the decision about that outcome alone.

            Examples:
              tessera explain https://api.example.com/users
              tessera explain POST https://api.example.com/payments --status 503 --retry-after 120
              tessera explain POST https://api.example.com/payments --fail disconnected --idempotency-key
            """)

    @Argument(help: "The method (GET if left out) and the URL.")
    var request: [String] = []

    @Option(help: ArgumentHelp("Suppose an answer with this status.", valueName: "n"))
    var status: Int?

    @Option(help: ArgumentHelp("The answer's Retry-After.", valueName: "seconds"))
    var retryAfter: Int?

    @Option(
        help: ArgumentHelp(
            "Suppose a failure: unreachable or refused connection, disconnected after sending, timeout, tls, cut body.",
            valueName: "kind"))
    var fail: Fault?

    @Option(help: ArgumentHelp("Which attempt of the call it is.", valueName: "n"))
    var attempt: Int = 1

    @Option(help: ArgumentHelp("The rules: standard, aws, urllib3 or never.", valueName: "name"))
    var policy: Preset = .standard

    @Flag(help: "The call carries an idempotency key.")
    var idempotencyKey = false

    @Flag(help: "The body can be sent once only.")
    var singleUse = false

    enum Fault: String, ExpressibleByArgument, CaseIterable {
        case unreachable, disconnected, timeout, tls, cut

        var result: (TransportFailure.Kind, TransportFailure.Phase, TransportFailure.Progress) {
            switch self {
            case .unreachable: (.unreachable, .connect, .nothingSent)
            case .disconnected: (.disconnected, .head, .sent(bytes: nil))
            case .timeout: (.timeout, .head, .sent(bytes: nil))
            case .tls: (.tls, .tls, .nothingSent)
            case .cut: (.disconnected, .body, .sent(bytes: nil))
            }
        }
    }

    enum Preset: String, ExpressibleByArgument, CaseIterable {
        case standard, aws, urllib3, never

        var policy: RetryPolicy {
            switch self {
            case .standard: .standard
            case .aws: .aws
            case .urllib3: .urllib3
            case .never: .never
            }
        }
    }

    func validate() throws {
        guard (1...2).contains(request.count) else { throw ValidationError("give a URL, or a method and a URL") }
        guard status == nil || fail == nil else { throw ValidationError("give either --status or --fail") }
        guard status.map({ (100...599).contains($0) }) ?? true else {
            throw ValidationError("--status is a number from 100 to 599")
        }
        guard retryAfter.map({ (0...1_000_000_000).contains($0) }) ?? true else {
            throw ValidationError("--retry-after is a number from 0 to 1000000000")
        }
        guard retryAfter == nil || status != nil else { throw ValidationError("--retry-after needs --status") }
        guard (1...1000).contains(attempt) else { throw ValidationError("--attempt is a number from 1 to 1000") }
    }

    func run() async throws {
        let name = request.count == 2 ? request[0] : "GET"
        guard name.utf8.count <= 32, let method = HTTPRequest.Method(rawValue: name.uppercased()),
            let text = request.last
        else { throw ValidationError("the first of two arguments is a method, such as GET or POST") }
        let url = try AbsoluteURL(text)
        let policy = policy.policy
        if let status {
            let explanation = policy.explain(
                method, status: .init(code: status), retryAfter: retryAfter.map { .seconds($0) }, attempt: attempt,
                isReplayable: !singleUse, hasIdempotencyKey: idempotencyKey)
            return try Terminal.print(Terminal.safe("\(explanation)"))
        }
        if let fail {
            let (kind, phase, progress) = fail.result
            let explanation = policy.explain(
                method, failure: kind, in: phase, progress: progress, attempt: attempt, isReplayable: !singleUse,
                hasIdempotencyKey: idempotencyKey)
            return try Terminal.print(Terminal.safe("\(explanation)"))
        }
        let session = try Session(url.origin.description) { $0.retry = policy }
        let call = CallRequest(
            method, RequestTarget(absolute: url), singleUse ? .singleUse { _ in } : .none,
            idempotencyKey: idempotencyKey ? .automatic : nil)
        try Terminal.print(Terminal.safe("\(try session.plan(call))"))
    }
}
#endif
