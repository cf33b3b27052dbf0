#if CLI
import Foundation
import Testing

@Suite struct Demo {
    private struct Report: Decodable {
        var items: Int
        var calls: Int
        var attempts: Int
        var attempts_in_server_log: Int
        var token_requests: Int
        var history_token_requests: Int
        var elapsed_seconds: Double
        var token_lifetime_seconds: Int
        var credentials_at_second_origin: Int
        var flaws: [String]
    }

    @Test(.timeLimit(.minutes(1)))
    func `the demo reads everything, and the server's log agrees with the history`() async throws {
        let result = try await Tool.run(["demo", "--json"])
        #expect(result.status == 0, "\(result.errors)")
        let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
        #expect(report.items == 1000)
        #expect(report.calls >= 100)
        #expect(report.attempts > report.calls)
        #expect(report.attempts == report.attempts_in_server_log)
        #expect(report.token_requests == report.history_token_requests)
        let most = (report.elapsed_seconds / Double(report.token_lifetime_seconds)).rounded(.up) + 1
        #expect(Double(report.token_requests) <= most)
        #expect(report.token_requests >= 3)
        #expect(report.credentials_at_second_origin == 0)
        #expect(report.flaws == [])
    }
}
#endif
