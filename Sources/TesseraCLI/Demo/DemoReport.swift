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
        var attemptsInServerLog: Int
        var retries: Int
        var redirects: Int
        var waitedSeconds: Double
        var tokenRequests: Int
        var historyTokenRequests: Int
        var tokenLifetimeSeconds: Int
        var elapsedSeconds: Double
        var credentialsWithheld: Int
        var requestsAtSecondOrigin: Int
        var credentialsAtSecondOrigin: Int
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
        check(
            log.tokenRequests == tokens.tokenRequests,
            "the server saw \(log.tokenRequests) token requests, the client's history says \(tokens.tokenRequests)")
        check(log.tokenRequests <= mostTokens, "\(log.tokenRequests) token requests, more than \(mostTokens)")
        check(log.tokenRequests >= 3, "the token did not expire under way")
        check(
            logged == counts.attempts,
            "the server saw \(logged) requests, the client's history says \(counts.attempts)")
        check(atSecond >= 1 && counts.redirects >= 1, "the redirect was not followed")
        check(log.credentialsAtSecondOrigin == 0, "a credential reached the second origin")
        check(counts.withheld >= 1, "no credential was withheld")
        check(counts.retries >= 4, "only \(counts.retries) retries")
        check(counts.waited >= .seconds(1), "Retry-After was not obeyed")
        self.rows = rows
        summary = Summary(
            items: items, calls: counts.calls, attempts: counts.attempts, attemptsInServerLog: logged,
            retries: counts.retries, redirects: counts.redirects, waitedSeconds: rounded(counts.waited.inSeconds),
            tokenRequests: log.tokenRequests, historyTokenRequests: tokens.tokenRequests,
            tokenLifetimeSeconds: lifetime, elapsedSeconds: rounded(seconds), credentialsWithheld: counts.withheld,
            requestsAtSecondOrigin: atSecond, credentialsAtSecondOrigin: log.credentialsAtSecondOrigin,
            flaws: flaws)
    }

    /// One JSON object.
    var json: String {
        (try? JSONCoding(keys: .snakeCase).encode(summary)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
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
            Duration.clamping(seconds: summary.waitedSeconds).brief, "\(summary.credentialsWithheld)",
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
        let facts = [
            ("items read", "\(summary.items) of \(Demo.items)"),
            ("token requests", agreement(summary.tokenRequests, summary.historyTokenRequests)),
            ("requests", agreement(summary.attemptsInServerLog, summary.attempts)),
            (
                "at the second origin",
                "\(summary.requestsAtSecondOrigin) request, \(summary.credentialsAtSecondOrigin) credentials"
            ),
            (
                "time",
                "\(Duration.clamping(seconds: summary.elapsedSeconds).brief), with tokens that live "
                    + "\(summary.tokenLifetimeSeconds) s"
            ),
        ]
        text += "\n"
        for (name, value) in facts {
            text += "\(name):" + String(repeating: " ", count: 23 - name.count) + value + "\n"
        }
        return text + (flaws.isEmpty ? "The server's log and the client's history agree." : "The result is wrong.")
    }

    private func agreement(_ server: Int, _ client: Int) -> String {
        "\(server) in the server's log, \(client) in the client's history"
    }
}

private func rounded(_ seconds: Double) -> Double {
    (seconds * 1000).rounded() / 1000
}
#endif
