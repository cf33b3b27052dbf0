#if CLI
import Foundation
import Testing

@Suite struct Demo {
    private struct Report: Decodable {
        var items: Int
        var calls: Int
        var attempts: Int
        var attemptsInServerLog: Int
        var tokenRequests: Int
        var historyTokenRequests: Int
        var elapsedSeconds: Double
        var tokenLifetimeSeconds: Int
        var credentialsAtSecondOrigin: Int
        var flaws: [String]
    }

    @Test(.timeLimit(.minutes(1)))
    func `the demo reads everything, and the server's log agrees with the history`() async throws {
        let result = try await Tool.run(["demo", "--json"])
        #expect(result.status == 0, "\(result.errors)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let report = try decoder.decode(Report.self, from: Data(result.output.utf8))
        #expect(report.items == 1000)
        #expect(report.calls >= 100)
        #expect(report.attempts > report.calls)
        #expect(report.attempts == report.attemptsInServerLog)
        #expect(report.tokenRequests == report.historyTokenRequests)
        let most = (report.elapsedSeconds / Double(report.tokenLifetimeSeconds)).rounded(.up) + 1
        #expect(Double(report.tokenRequests) <= most)
        #expect(report.tokenRequests >= 3)
        #expect(report.credentialsAtSecondOrigin == 0)
        #expect(report.flaws == [])
    }
}
#endif
