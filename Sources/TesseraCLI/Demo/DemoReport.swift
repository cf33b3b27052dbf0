#if CLI
import TesseraCore
import TesseraDevServer
import TesseraOAuth

/// What the demo did, by the client's history and by the server's log, and whether the two agree.
struct DemoReport {
    struct Row {
        var title: String
        var counts: DemoCounter.Counts
        var note: String
    }

    private struct Summary: Encodable {
        var items: Int
        var calls: Int
        var attempts: Int
        var attempts_in_server_log: Int
        var retries: Int
        var redirects: Int
        var waited_seconds: Double
        var token_requests: Int
        var history_token_requests: Int
        var token_lifetime_seconds: Int
        var elapsed_seconds: Double
        var credentials_withheld: Int
        var requests_at_second_origin: Int
        var credentials_at_second_origin: Int
        var flaws: [String]
    }

    private let rows: [Row]
    private let summary: Summary

    /// What is wrong with the result; empty when everything is right.
    var flaws: [String] { summary.flaws }

    init(
        rows: [Row], counts: DemoCounter.Counts, items: Int, tokens: RefreshingTokenSource.Statistics, log: AccessLog,
        elapsed: Duration
    ) {
        let seconds = elapsed.inSeconds
        let lifetime = Demo.tokenLifetime
        let authorizationServer = ["/token", "/.well-known/oauth-authorization-server"]
        let logged = log.count { !authorizationServer.contains($0.path) }
        let atSecond = log.count { $0.origin == "second" }
        let mostTokens = Int(exactly: (seconds / Double(lifetime)).rounded(.up)).map { $0 + 1 } ?? 0
        var flaws: [String] = []
        func check(_ holds: Bool, _ flaw: String) { if !holds { flaws.append(flaw) } }
        check(items == Demo.items, "\(items) different items instead of \(Demo.items)")
        check(log.tokenRequests == tokens.tokenRequests, "the server saw \(log.tokenRequests) token requests, the client's history says \(tokens.tokenRequests)")
        check(log.tokenRequests <= mostTokens, "\(log.tokenRequests) token requests, more than \(mostTokens)")
        check(log.tokenRequests >= 3, "the token did not expire under way")
        check(logged == counts.attempts, "the server saw \(logged) requests, the client's history says \(counts.attempts)")
        check(atSecond >= 1 && counts.redirects >= 1, "the redirect was not followed")
        check(log.credentialsAtSecondOrigin == 0, "a credential reached the second origin")
        check(counts.withheld >= 1, "no credential was withheld")
        check(counts.retries >= 4, "only \(counts.retries) retries")
        check(counts.waited >= .seconds(1), "Retry-After was not obeyed")
        self.rows = rows
        summary = Summary(
            items: items, calls: counts.calls, attempts: counts.attempts, attempts_in_server_log: logged,
            retries: counts.retries, redirects: counts.redirects, waited_seconds: rounded(counts.waited.inSeconds),
            token_requests: log.tokenRequests, history_token_requests: tokens.tokenRequests,
            token_lifetime_seconds: lifetime, elapsed_seconds: rounded(seconds), credentials_withheld: counts.withheld,
            requests_at_second_origin: atSecond, credentials_at_second_origin: log.credentialsAtSecondOrigin,
            flaws: flaws)
    }

    /// One JSON object.
    var json: String {
        (try? JSONCoding().encode(summary)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// The same for people.
    var table: String {
        let header = ["what happened", "calls", "attempts", "retries", "waited", "withheld"]
        let body = rows.map { row in
            [
                row.title, "\(row.counts.calls)", "\(row.counts.attempts)", "\(row.counts.retries)",
                row.counts.waited == .zero ? "-" : row.counts.waited.brief, "\(row.counts.withheld)",
            ]
        }
        let total = [
            "total", "\(summary.calls)", "\(summary.attempts)", "\(summary.retries)",
            Duration.clamping(seconds: summary.waited_seconds).brief, "\(summary.credentials_withheld)",
        ]
        let lines = [header] + body + [total]
        let widths = header.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        var text = "\n"
        for (number, line) in lines.enumerated() {
            if number == 1 || number == lines.count - 1 {
                text += String(repeating: "-", count: widths.reduce(0, +) + 2 * (widths.count - 1)) + "\n"
            }
            for (column, cell) in line.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                text += column == 0 ? cell + padding : "  " + padding + cell
            }
            text += "\n"
        }
        return text + """

            items read:            \(summary.items) of \(Demo.items)
            token requests:        \(summary.token_requests) in the server's log, \(summary.history_token_requests) in the client's history
            requests:              \(summary.attempts_in_server_log) in the server's log, \(summary.attempts) in the client's history
            at the second origin:  \(summary.requests_at_second_origin) requests, \(summary.credentials_at_second_origin) credentials
            time:                  \(Duration.clamping(seconds: summary.elapsed_seconds).brief), with tokens that live \(summary.token_lifetime_seconds) s
            \(flaws.isEmpty ? "The server's log and the client's history agree." : "The result is wrong.")
            """
    }
}

private func rounded(_ seconds: Double) -> Double {
    (seconds * 1000).rounded() / 1000
}
#endif
