import Foundation
import Synchronization
import TesseraCore
import TesseraNIO

/// Sends many requests with random fates to a server that keeps the count, and prints one line of JSON about itself.
/// The referee is the server: `Scripts/prove-transport --only soak` compares what both saw.
///
/// `soak --url http://127.0.0.1:8080 --requests 100000 [--lanes 64] [--seed 1] [--plain 1] [--ca FILE]
///  [--limit SECONDS] [--outcomes FILE]`
func run(_ arguments: Arguments) async throws {
    guard let url = arguments.text("url") else { throw Arguments.Unusable("--url is missing") }
    let plan = Soak.Plan(
        origin: try Origin(url), requests: try arguments.number("requests", 100_000),
        lanes: try arguments.number("lanes", 64), seed: UInt64(try arguments.number("seed", 1)),
        isPlain: try arguments.number("plain", 0) == 1)
    var configuration = NIOTransport.Configuration()
    configuration.idleTime = .seconds(1)
    configuration.connectionsPerOrigin = 32
    if let file = arguments.text("ca") { configuration.tls.trustRoots = .pemFile(file) }

    // The loops' own descriptors are there once a transport has worked.
    let first = try NIOTransport(configuration)
    let warmUp = Soak(
        plan: Soak.Plan(origin: plan.origin, requests: 0, lanes: 1, seed: 0, isPlain: true), transport: first)
    await warmUp.run()
    first.prewarm(plan.origin, connections: 8)
    try await Task.sleep(for: .milliseconds(300))
    await first.shutdown()
    try await Task.sleep(for: .milliseconds(300))

    let before = ProcessState.descriptors
    let transport = try NIOTransport(configuration)
    let soak = Soak(plan: plan, transport: transport)
    endIfItHangs(soak, seconds: try arguments.number("limit", 60))
    let start = ContinuousClock.now
    await soak.run()
    let seconds =
        Double((ContinuousClock.now - start).components.seconds)
        + Double((ContinuousClock.now - start).components.attoseconds) / 1e18

    // Idle connections close by themselves.
    let patience = ContinuousClock.now.advanced(by: .seconds(6))
    while transport.connectionCount > 0, ContinuousClock.now < patience { try await Task.sleep(for: .milliseconds(50)) }
    let idle = transport.connectionCount
    await transport.shutdown()
    let left = transport.connectionCount
    try await Task.sleep(for: .milliseconds(300))
    if let path = arguments.text("outcomes") { try soak.outcomes.write(to: path) }
    let report: [String: Any] = [
        "requests": soak.finished, "seconds": seconds, "seed": plan.seed,
        "descriptors_before": before, "descriptors_after": ProcessState.descriptors,
        "connections_after_idle_time": idle, "connections_after_shutdown": left,
        "resident_by_tenths": soak.memoryByTenths, "outcomes": soak.outcomes.summary,
    ]
    let text = try JSONSerialization.data(withJSONObject: report, options: [.sortedKeys])
    print(String(decoding: text, as: UTF8.self))
}

/// A run that does not end is a failure of its own, and says how far it got.
func endIfItHangs(_ soak: Soak, seconds: Int) {
    let timer = DispatchQueue(label: "soak.limit")
    timer.asyncAfter(deadline: .now() + .seconds(seconds)) {
        FileHandle.standardError.write(Data("soak: hangs after \(soak.finished) requests\n".utf8))
        exit(3)
    }
}

do {
    try await run(try Arguments(CommandLine.arguments.dropFirst()))
    exit(0)
} catch {
    FileHandle.standardError.write(Data("soak: \(error)\n".utf8))
    exit(2)
}
